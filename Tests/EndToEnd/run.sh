#!/usr/bin/env bash
# The command line from outside, with the built executable: points go in, samples come out, and bad
# input ends in one line, a non-zero code and nothing written.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tool=$checkout/.build/release/interpolate
work=$(mktemp -d "${TMPDIR:-/tmp}/end-to-end.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
passed=0

fail() {
  echo "end to end: $*" >&2
  exit 1
}

# 400 points whose columns have scales 0.001 and 1,000.
awk 'BEGIN {
  srand(1)
  print "small,large"
  for (i = 0; i < 400; i++) {
    a = sqrt(-2 * log(1 - rand())) * cos(6.283185307 * rand())
    printf "%.17g,%.17g\n", 0.001 * a + 5, 1000 * (a * a - 1)
  }
}' >points.csv

"$tool" train --target points.csv --output run --steps 200 --rows 256 --hidden 32 32 --quiet 2>/dev/null
for file in configuration.json weights.safetensors metrics.csv; do
  [[ -s run/$file ]] || fail "run/$file is missing"
done
"$tool" sample run --count 3000 --diffusion 0.5 --steps 50 --seed 1 --output samples.csv 2>/dev/null
[[ $(wc -l <samples.csv) -eq 3000 ]] || fail "3000 samples were asked for, got $(wc -l <samples.csv)"
# Mean and deviation of both columns: a tenth of the deviation is far beyond what 3,000 samples and
# a short training leave open, and far below what a missing standardisation would cost.
awk -F, '
  { a += $1; aa += $1 * $1; b += $2; bb += $2 * $2 }
  END {
    a /= NR; b /= NR; sa = sqrt(aa / NR - a * a); sb = sqrt(bb / NR - b * b)
    if (a < 4.999 || a > 5.001 || sa < 0.0005 || sa > 0.0015) { print "first column", a, sa; exit 1 }
    if (b < -400 || b > 400 || sb < 600 || sb > 2200) { print "second column", b, sb; exit 1 }
  }' samples.csv || fail 'the samples are not at the scale of the points'
"$tool" sample run --count 3000 --diffusion 0.5 --steps 50 --seed 1 --output again.csv 2>/dev/null
cmp -s samples.csv again.csv || fail 'equal seeds gave other samples'
"$tool" sample run --count 10 --output samples.npy 2>/dev/null
"$tool" train --base moons --target eight-gaussians --output two-sided --steps 5 --hidden 8 --quiet \
  2>/dev/null
"$tool" sample two-sided --count 10 --diffusion 0.5 --steps 10 --output two-sided.csv 2>/dev/null
for command in '' train sample densities; do
  # shellcheck disable=SC2086 # no word for the tool itself
  "$tool" $command --help | grep -q USAGE || fail "no help for '$command'"
done

# refuse CODE TEXT ARGUMENTS...: the command fails with CODE and one line that holds TEXT.
refuse() {
  local code=$1 text=$2 output status=0
  shift 2
  output=$("$tool" "$@" 2>&1 >/dev/null) || status=$?
  [[ $status -eq $code ]] || fail "'$*' ended with $status instead of $code: $output"
  [[ $(wc -l <<<"$output") -eq 1 ]] || fail "'$*' printed more than one line: $output"
  [[ $output == *"$text"* ]] || fail "'$*' does not say '$text': $output"
  passed=$((passed + 1))
}

: >empty.npy
head -c 100 samples.npy >truncated.npy
echo 'not an array' >text.npy
printf '1,2\n3,nan\n' >nan.csv
printf '1,2\n3\n' >ragged.csv
printf '1,2\n3,x\n' >word.csv
printf 'a,b\n' >header.csv
printf '1,2\n' >single.csv
printf '1,2,3\n4,5,6\n' >three.csv
cp -r run damaged
echo '{}' >damaged/configuration.json
cp -r run cut
head -c 500 run/weights.safetensors >cut/weights.safetensors


# The exact fields of the reference file come back as they are: the file keeps its structure, and the
# numbers that are computed anew differ in rounding only.
reference=$checkout/Tests/StochasticInterpolantsTests/Resources/gaussian-mixture-fields.json
"$tool" exact --input "$reference" --output values.json 2>/dev/null
"$tool" exact --input values.json --output again.json 2>/dev/null
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
head -c 3000 "$reference" >cut.json
sed 's/"linear"/"cubic"/' "$reference" >bad.json
# evaluation KEY=VALUE...: a file of one evaluation between two Gaussians.
evaluation() {
  local mixture='{"weights": [1], "means": [[0.5]], "covariances": [[[1]]]}' own entries=
  for own in "$@"; do entries+="${entries:+, }\"${own%%=*}\": ${own#*=}"; done
  echo "{\"cases\": [{\"base\": $mixture, \"target\": $mixture, \"evaluations\": [{$entries}]}]}"
}
linear='schedule="linear"'
evaluation "$linear" 'gamma="zero"' t=1.5 'x=[1]' >late.json
evaluation "$linear" 'gamma="big"' t=0.5 'x=[1]' >big.json
evaluation "$linear" 'gamma="brownian"' gammaScale=-2 t=0.5 'x=[1]' >scale.json
evaluation "$linear" 'gamma="zero"' t=0.5 'x=[1, 7]' >long.json
evaluation "$linear" 'gamma="zero"' t=0.5 'x=[1e200]' >far.json
evaluation "$linear" 'gamma="zero"' t=0.5 'x=[1.7e308]' >farther.json
evaluation 'schedule="encodingDecoding"' 'gamma="zero"' t=0.5 'x=[1]' >point.json
evaluation "$linear" 'gamma="zero"' 'x=[1]' >timeless.json
mkdir directory
refuse 1 'no such file' train --target missing.npy --output new
refuse 1 'is empty' train --target empty.npy --output new
refuse 1 'is truncated' train --target truncated.npy --output new
refuse 1 'is not a .npy file' train --target text.npy --output new
refuse 1 'holds nan' train --target nan.csv --output new
refuse 1 'columns in line 2' train --target ragged.csv --output new
refuse 1 "holds 'x' in line 2" train --target word.csv --output new
refuse 1 'holds no rows' train --target header.csv --output new
refuse 1 'at least 2 are needed' train --target single.csv --output new
refuse 1 'neither a density' train --target checkers --output new
refuse 1 'already exists' train --target points.csv --output run
refuse 1 'does not exist' train --target points.csv --output nowhere/new
refuse 64 'different dimensions' train --base three.csv --target points.csv --output new
refuse 64 '--steps must be' train --target points.csv --output new --steps 0
refuse 64 '--rows must be' train --target points.csv --output new --rows 0
refuse 64 '--learning-rate must be' train --target points.csv --output new --learning-rate 0
refuse 64 '--hidden takes' train --target points.csv --output new --hidden 0
refuse 64 '--activation must be' train --target points.csv --output new --activation rleu
refuse 64 '--schedule must be' train --target points.csv --output new --schedule cubic
refuse 1 'is for two densities' train --target points.csv --output new --schedule encoding-decoding
refuse 1 'is for a Gaussian base' \
  train --base moons --target points.csv --output new --schedule sbdm
refuse 1 'needs γ < 1' train --base moons --target points.csv --output new \
  --schedule variance-preserving --gamma-scale 5
refuse 64 '--gamma must be' train --target points.csv --output new --gamma big
refuse 64 '--standardize must be' train --target points.csv --output new --standardize no
refuse 64 '--hold-out must' train --target points.csv --output new --hold-out 1
refuse 64 'Missing expected argument' train --output new
refuse 64 'Unknown option' train --target points.csv --output new --speed 3
refuse 1 'no such file' exact --input missing.json --output new.json
refuse 1 'not a JSON object' exact --input cut.json --output new.json
refuse 1 "got 'cubic'" exact --input bad.json --output new.json
refuse 1 'is a directory' exact --input directory --output new.json
refuse 1 "'t' must be a number in [0, 1], got 1.5" exact --input late.json --output new.json
refuse 1 "but is missing" exact --input timeless.json --output new.json
refuse 1 "got 'big'" exact --input big.json --output new.json
refuse 1 'got -2' exact --input scale.json --output new.json
refuse 1 "'x' must be a list of 1 numbers, got [1" exact --input long.json --output new.json
refuse 1 'case 0, evaluation 0, x = [1e+200]' exact --input far.json --output new.json
refuse 1 'is NaN or infinite' exact --input farther.json --output new.json
refuse 1 'not positive definite at t = 0.5' exact --input point.json --output new.json
if [[ $(id -u) -ne 0 ]]; then
  chmod 000 long.json
  refuse 1 'no permission' exact --input long.json --output new.json
fi
refuse 1 'no such file' sample missing --output new.npy
refuse 1 "is missing" sample damaged --output new.npy
refuse 1 'is truncated' sample cut --output new.npy
refuse 1 'must end in .npy or .csv' sample run --output new.txt
refuse 64 '--count must be' sample run --count 0 --output new.npy
refuse 64 '--steps must be' sample run --steps 0 --output new.npy
refuse 64 '--diffusion must be' sample run --diffusion nan --output new.npy
refuse 64 '--noise-times must be' sample run --noise-times 1 --output new.npy
refuse 1 'does not exist' sample run --output nowhere/new.npy
for leftover in new new.npy new.txt new.json nowhere; do
  [[ ! -e $leftover ]] || fail "a refused command left $leftover"
done
if compgen -G '*.partial-*' >/dev/null; then fail 'a partial directory was left'; fi

echo "end to end: the road works, $compared exact numbers agree, $passed refusals were one line each"
