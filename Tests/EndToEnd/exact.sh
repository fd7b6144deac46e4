# shellcheck shell=bash
# `interpolate exact` against the reference file. Sourced by run.sh.

# The exact fields of the reference file come back as they are: the file keeps its structure, and the
# numbers that are computed anew differ in rounding only.
reference=$checkout/Tests/StochasticInterpolantsTests/Interpolants/Resources/gaussian-mixture-fields.json
"$tool" exact --input "$reference" --output values.json 2>/dev/null
"$tool" exact --input values.json --output again.json 2>/dev/null
"$tool" exact --input - --output - <values.json 2>/dev/null | cmp -s - again.json ||
  fail 'exact values through a pipe differ'
cmp -s values.json again.json || fail 'exact values change when they are computed from themselves'
for key in logDensity velocity conditionalVelocity score denoiser denoiser0 denoiser1 divergence; do
  count=$(grep -c "\"$key\"" values.json) || true
  [[ $count -eq 260 ]] || fail "260 values of $key were expected, got $count"
done
# numbers FILE KEY: every number of KEY, in its order, whether it stands alone or in a list.
numbers() {
  awk -v key="\"$2\"" '
    { line = $0; gsub(/[ ,]/, "", line) }
    line ~ /^"/ {
      name = line; sub(/:.*/, "", name)
      sub(/^[^:]*:/, "", line)
    }
    name == key && line ~ /^\[?-?[0-9]/ { gsub(/[][]/, "", line); print line }
  ' "$1"
}
compared=0
for key in logDensity velocity conditionalVelocity score denoiser; do
  numbers "$reference" "$key" >expected.txt
  numbers values.json "$key" >found.txt
  [[ -s expected.txt && $(wc -l <expected.txt) -eq $(wc -l <found.txt) ]] ||
    fail "$key has $(wc -l <found.txt) numbers, $(wc -l <expected.txt) were expected"
  # 10⁻¹⁰ of a number, or of 1 where it is smaller, as the tests of the library have it.
  paste expected.txt found.txt | awk -v key="$key" '
    {
      scale = $1 < 0 ? -$1 : $1; if (scale < 1) scale = 1
      error = $1 - $2; if (error < 0) error = -error
      if (!(error <= 1e-10 * scale)) { print key, "is", $2, "instead of", $1; exit 1 }
    }' >difference.txt || fail "$(cat difference.txt)"
  compared=$((compared + $(wc -l <expected.txt)))
done
