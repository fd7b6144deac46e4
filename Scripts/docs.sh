#!/usr/bin/env bash
# Builds the documentation of the libraries from what `make build` has compiled: the compiler's symbol
# graphs, then DocC, for each module with warnings as errors. Fails where a public symbol has no
# documentation. The archives go to Output/documentation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

output=Output/documentation
work=$(mktemp -d "${TMPDIR:-/tmp}/documentation.XXXXXX")
trap 'rm -rf "$work"' EXIT
products=$(swift build -c release --show-bin-path)
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)

# shellcheck disable=SC2046 # a list of flags
extract() {
  swift symbolgraph-extract -module-name "$1" -I "$products/Modules" \
    -I .build/checkouts/swift-numerics/Sources/_NumericsShims/include \
    -Xcc "-fmodule-map-file=$products/CKernels.build/module.modulemap" \
    -I Sources/COpenBLAS -I Sources/CLAPACKE -I Sources/CCairo \
    $(pkg-config --cflags-only-I openblas lapacke cairo) \
    -minimum-access-level public -skip-synthesized-members -target "$target" -output-dir "$2"
}

mkdir -p "$output"
missing=0
for module in Tensors Gradients Integrators StochasticInterpolants Figures; do
  graphs=$work/$module
  mkdir -p "$graphs"
  extract "$module" "$graphs"
  # What a module adds to types of the standard library is documented where it stands.
  find "$graphs" -name '*@*' -delete
  catalogue=Sources/$module/Documentation.docc
  [[ -d $catalogue ]] || catalogue=
  rm -rf "$output/$module.doccarchive"
  docc convert $catalogue --additional-symbol-graph-dir "$graphs" \
    --fallback-display-name "$module" --fallback-bundle-identifier "swift-interpolants.$module" \
    --fallback-default-module-kind Library --warnings-as-errors \
    --experimental-documentation-coverage --coverage-summary-level detailed \
    --output-dir "$output/$module.doccarchive" \
    >"$work/$module.txt" || {
    cat "$work/$module.txt"
    exit 1
  }
  pages=$(grep -c ' doc://' "$work/$module.txt")
  # What the compiler writes itself has no place for a sentence.
  bare=$(awk -F '|' '/ doc:\/\// && $2 !~ /Article/ && $3 ~ /false/ { print $8 }' "$work/$module.txt" |
    grep -v -e '-Implementations$' -e 'init(rawValue:)$' -e 'init(from:)$' || true)
  echo "$module: $pages pages, $(grep -c . <<<"$bare" || true) without a first sentence"
  if [[ -n $bare ]]; then
    echo "$bare"
    missing=1
  fi
done
exit $missing
