# shellcheck shell=bash
# Points go in, samples come out. Sourced by run.sh.

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
for file in configuration.json weights.safetensors metrics.csv metrics.jsonl target.npy samples.png; do
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
for command in '' train resume sample likelihood fields evaluate plot exact inspect densities; do
  # shellcheck disable=SC2086 # no word for the tool itself
  shows USAGE "$tool" $command --help || fail "no help for '$command'"
done

