#!/usr/bin/env bash
# Builds and runs the README's library example the way a reader would: in a package of its own that
# depends on this checkout. The example is the first fenced block after the line
#   <!-- example: outside package -->
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
package=$(mktemp -d "${TMPDIR:-/tmp}/outside-package.XXXXXX")
trap 'rm -rf "$package"' EXIT

mkdir -p "$package/Sources/Outside"
awk '
  /<!-- example: outside package -->/ { wanted = 1; next }
  wanted && !inside && /^```/ { inside = 1; next }
  inside && /^```/ { exit }
  inside { print }
' "$checkout/README.md" >"$package/Sources/Outside/main.swift"
if [[ ! -s $package/Sources/Outside/main.swift ]]; then
  echo 'README.md has no code block after "<!-- example: outside package -->"' >&2
  exit 1
fi

# By `path:` alone the dependency would be named after the folder it lies in, whatever that is called.
cat >"$package/Package.swift" <<END
// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "outside",
  dependencies: [.package(name: "swift-interpolants", path: "$checkout")],
  targets: [
    .executableTarget(
      name: "Outside",
      dependencies: [
        .product(name: "StochasticInterpolants", package: "swift-interpolants"),
        .product(name: "Tensors", package: "swift-interpolants"),
        .product(name: "Integrators", package: "swift-interpolants"),
        .product(name: "Figures", package: "swift-interpolants"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
END

# From inside the package, so that what the example writes is removed with it, as are SwiftPM's locks.
cd "$package"
export TMPDIR=$package
swift build -c release
swift run -c release --skip-build Outside
