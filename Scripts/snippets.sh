#!/usr/bin/env bash
# Compiles and runs every Swift block of the README, the articles and the doc comments, in a package
# that depends on this checkout as a reader's would.
#
# The ```swift blocks of a file are one program, in their order. Where the file has ```text blocks, they
# are what the program prints, all of it; `path` in a message of the compiler is the file's own. What the
# programs write stays in Output/snippets. Arguments are files to take instead of all.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
package=$checkout/.build/snippets
output=$checkout/Output/snippets
cd "$checkout"

if [[ $# -eq 0 ]]; then
  mapfile -t files < <(grep -rl --include='*.md' --include='*.swift' '```swift' README.md Sources | sort)
else
  files=("$@")
fi

# The blocks of a kind; a program's lines bear the numbers they have in the file.
blocks() {
  awk -v kind="$1" -v file="$2" '
    file ~ /\.swift$/ { if (!sub(/^ *\/\/\/ ?/, "")) $0 = "" }
    !inside && $0 == "```" kind {
      inside = 1
      if (kind == "swift") print "#sourceLocation(file: \"" file "\", line: " NR + 1 ")"
      next
    }
    inside && $0 == "```" { inside = 0; next }
    inside { print }
  ' "$2"
}

rm -rf "$package/Sources" "$output"
names=()
for file in "${files[@]}"; do
  # No module may bear the name of a type, which would hide it.
  name=$(basename "${file%.*}")Snippets
  names+=("$name")
  mkdir -p "$package/Sources/$name" "$output/$name"
  {
    # An article shows its imports; a doc comment stands in a module, whose name says enough.
    if [[ $file == *.swift ]]; then
      printf 'import %s\n' Figures Gradients Integrators StochasticInterpolants Tensors
    fi
    blocks swift "$file"
  } >"$package/Sources/$name/main.swift"
  blocks text "$file" >"$output/$name.expected"
done

# By `path:` alone the dependency would be named after the folder it lies in, whatever that is called.
cat >"$package/Package.swift" <<END
// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "snippets",
  dependencies: [.package(name: "swift-interpolants", path: "$checkout")],
  targets: [$(printf '"%s", ' "${names[@]}")].map { name in
    .executableTarget(
      name: name,
      dependencies: [
        .product(name: "StochasticInterpolants", package: "swift-interpolants"),
        .product(name: "Tensors", package: "swift-interpolants"),
        .product(name: "Integrators", package: "swift-interpolants"),
        .product(name: "Figures", package: "swift-interpolants"),
      ])
  },
  swiftLanguageModes: [.v6]
)
END

# shellcheck disable=SC2086 # a list of flags
swift build --package-path "$package" -c release ${SWIFT_FLAGS:-}
products=$(swift build --package-path "$package" -c release --show-bin-path)
failed=0
for index in "${!names[@]}"; do
  name=${names[index]}
  if ! (cd "$output/$name" && "$products/$name") >"$output/$name.printed"; then
    echo "${files[index]}: its program failed" >&2
    failed=1
  elif [[ -s $output/$name.expected ]] &&
    ! diff -u --label stated --label printed "$output/$name.expected" "$output/$name.printed"; then
    echo "${files[index]}: its program prints something else than its text blocks state" >&2
    failed=1
  fi
done
[[ $failed -eq 0 ]] || exit 1
echo "snippets: the programs of ${#names[@]} files were compiled and run;" \
  "$(find "$output" -name '*.expected' -size +0 | wc -l) state what they print"
