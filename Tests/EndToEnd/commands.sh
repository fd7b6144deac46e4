# shellcheck shell=bash
# What the commands do, each as its help prints it. Sourced by run.sh after the road: `run` is a run.

"$tool" densities draw moons --count 500 --seed 3 --output moons.npy
"$tool" densities draw moons --count 500 --seed 3 --output - >moons.csv
[[ $(wc -l <moons.csv) -eq 500 ]] || fail 'draws did not come through a pipe'
"$tool" densities draw moons --count 500 --seed 3 --output - --format npy | cmp -s - moons.npy ||
  fail 'a .npy file through a pipe differs'
shows 'entropy     3.46573590' "$tool" densities describe checkerboard || fail 'no entropy ln 32'
shows '"dimension": 2' "$tool" densities describe moons --json || fail 'no JSON of a density'
for input in moons.npy moons.csv - ; do
  shows '^points .*500 of 2 components' "$tool" inspect "$input" <moons.csv || fail "inspect $input"
done
shows '^checkpoint .*step 200' "$tool" inspect run || fail 'inspect shows no checkpoint'
shows '"whole": true' "$tool" inspect run --json || fail 'inspect --json shows no checkpoint'
shows '^checksum *right' "$tool" inspect run/weights.safetensors || fail 'no checksum of the weights'

# A configuration file and flags that come before it.
echo '{"target": "moons.npy", "steps": 9, "hidden": [8, 8], "rows": 64, "quiet": true}' >train.json
"$tool" train --configuration train.json --steps 4 --output configured 2>/dev/null
grep -q '"steps" : 4' configured/configuration.json || fail 'a flag does not override the file'
grep -q '"rows" : 64' configured/configuration.json || fail 'the file is not read'
[[ $(wc -l <configured/metrics.jsonl) -eq 4 ]] || fail 'the run has not 4 steps'
# From a pipe; the progress of each mode.
"$tool" train --target - --steps 3 --rows 64 --hidden 8 --output piped --progress plain <moons.csv 2>plain.txt
grep -q '^step 3/3 loss .* held-out .* rows/s, 0 s left$' plain.txt || fail "progress: $(cat plain.txt)"
NO_COLOR=1 "$tool" resume piped --progress terminal 2>/dev/null
"$tool" train --target moons.npy --steps 3 --rows 64 --hidden 8 --output colour --progress terminal 2>colour.txt
grep -q $'\033\[32m' colour.txt || fail 'no colour in the terminal mode'
NO_COLOR=1 "$tool" train --target moons.npy --steps 3 --rows 64 --hidden 8 --output plain-colour \
  --progress terminal 2>colour.txt
! grep -q $'\033\[32m' colour.txt || fail 'NO_COLOR is not obeyed'

# A typed progress takes the place of a quiet in the file.
"$tool" train --configuration train.json --output heard --progress plain 2>heard.txt
grep -q '^step 9/9 loss' heard.txt || fail "--progress plain over a quiet file: $(cat heard.txt)"

# A run takes the place of an empty directory, but not of the one this shell stands in.
mkdir here
text=$(cd here && "$tool" train --target moons --steps 1 --rows 64 --hidden 8 --output . 2>&1) &&
  fail 'a run took the place of the working directory'
[[ $text == *'is the working directory; choose a directory inside it'* ]] || fail "the working directory: $text"
"$tool" train --target moons --steps 1 --rows 64 --hidden 8 --output here 2>/dev/null || fail 'an empty directory'
# A line that a terminal rewrites is cut where the terminal ends, and closed before an error.
grep -q $'\033\[?7l.* rows/s.*\033\[?7h' colour.txt || fail 'a long line is not cut'
"$tool" train --target moons --steps 20000 --rows 2000 --hidden 64 --output stopped-progress --progress terminal \
  2>diverged.txt &
while ! grep -qs 'rows/s' diverged.txt && kill -0 $!; do sleep 0.1; done
rm -rf stopped-progress/checkpoints
wait $! && fail 'a training without a place for its checkpoints succeeds'
tail -n 1 diverged.txt | grep -q '^interpolate: ' || fail "an error beside the progress: $(cat diverged.txt)"
rm -rf stopped-progress

# Forward and backward, ODE and SDE, any ε(t), trajectories.
"$tool" sample two-sided --count 50 --diffusion '0.3*sin(pi*t)^2' --steps 20 --output formula.npy 2>/dev/null
"$tool" sample two-sided --count 50 --diffusion latent:0.3 --steps 20 --method euler-maruyama \
  --output latent.npy 2>/dev/null
for method in sra1 stochastic-heun shark; do
  "$tool" sample two-sided --count 5 --diffusion 0.2*t --noise-times 0.1:0.9 --steps 20 \
    --method $method --output method.npy 2>/dev/null || fail "the method $method"
done
# Products of bfloat16, in training and in sampling.
"$tool" train --target moons.npy --steps 5 --rows 64 --hidden 64 64 --products bfloat16 --output rounded 2>/dev/null
grep -q '"products" : "bfloat16"' rounded/configuration.json || fail 'the precision of products is not stored'
for products in full bfloat16; do
  "$tool" sample rounded --count 20 --products $products --output $products.csv 2>/dev/null || fail "--products $products"
done
! cmp -s full.csv bfloat16.csv || fail 'products of bfloat16 leave samples as they are'
# Formulas that are exactly one half, by every operator and function.
"$tool" sample run --count 5 --steps 10 --diffusion 't*0+0.5' --output half.csv 2>/dev/null
for formula in '1-0.25*2' '8/4/4' '2^3^0*0.25' '-(-0.5)' 'max(0.5,t-2)' 'min(t+3,.5)' 'abs(-0.5)' 'sqrt(0.25)' \
  'cos(0)/2' 'sin(0)+5e-1' 'exp(0) * 0.5' 'log(1)+5E-1' '(1 - 0.5)' '2^-1' '-0.5^2+0.75' '0*pi+0.5'; do
  "$tool" sample run --count 5 --steps 10 --diffusion="$formula" --output formula.csv 2>/dev/null ||
    fail "the formula $formula"
  cmp -s half.csv formula.csv || fail "the formula $formula is not one half"
done
"$tool" sample two-sided --count 50 --direction backward --output back.npy 2>/dev/null
"$tool" sample run --direction backward --from points.csv --times 0:0.9 --output back.npy 2>/dev/null
for finish in denoise tweedie mean flow; do
  "$tool" sample run --count 20 --times 0:0.99 --tolerance 1e-3 --finish $finish --output finish.npy \
    2>/dev/null || fail "--finish $finish"
done
"$tool" sample run --count 40 --seed 2 --save-times 0,0.5,1 --trajectory path.npy --output ends.csv 2>/dev/null
shows '\[3, 40, 2\]' "$tool" inspect path.npy || fail 'the trajectory has another shape'
"$tool" sample run --count 40 --seed 2 --save-times 1 --trajectory last.csv 2>/dev/null
cmp -s last.csv ends.csv || fail 'the trajectory does not end in the samples'
# There and back again by the ODE is where it began.
"$tool" sample run --from points.csv --direction backward --times 0:0.99 --steps 200 --output codes.csv 2>/dev/null
"$tool" sample run --from codes.csv --times 0:0.99 --steps 200 --output returned.csv 2>/dev/null
paste -d, <(tail -n +2 points.csv) returned.csv | awk -F, '
  { a = ($1 - $3) / 0.001; b = ($2 - $4) / 1400; if (a * a + b * b > 1e-6) { print $0; exit 1 } }' ||
  fail 'the ODE does not lead back'

# Likelihoods: one a point, and their mean as JSON.
"$tool" likelihood run --points points.csv --steps 20 --output density.csv 2>/dev/null
[[ $(wc -l <density.csv) -eq 400 ]] || fail 'no log-density of each point'
"$tool" likelihood run --points - --steps 20 --json <points.csv >density.json
mean=$(awk '{ s -= $1 } END { printf "%.6f", s / NR }' density.csv)
grep -q "\"crossEntropy\": ${mean%???}" density.json || fail "the mean is $mean, not $(cat density.json)"

# By probes and along paths: with standard errors, and near the exact number. Paths of the process are the
# cheapest to check: 40 points are within 6 errors of their mean difference, which the learned score moves.
head -41 points.csv >few.csv
"$tool" likelihood run --points few.csv --steps 20 --output exact.csv 2>/dev/null
"$tool" likelihood run --points few.csv --steps 20 --probes 20 --output probes.csv \
  --standard-errors errors.csv 2>/dev/null
paste -d, exact.csv probes.csv errors.csv | awk -F, '
  { if (!($3 >= 0)) { print "no error", $0; exit 1 } d = ($1 - $2) / ($3 + 1e-6); if (d * d > 64) { print $0; exit 1 } }' ||
  fail 'probes are not near the exact divergence'
for estimator in feynman-kac lower-bound process; do
  "$tool" likelihood run --points few.csv --steps 20 --estimator $estimator --diffusion 0.1 --paths 20 \
    --seed 3 --output $estimator.csv --standard-errors errors.csv --json >estimate.json 2>/dev/null ||
    fail "--estimator $estimator"
  [[ $(wc -l <errors.csv) -eq 40 ]] || fail "no standard errors of $estimator"
  grep -q '"drawsOfAPoint": 20' estimate.json || fail "paths of $estimator: $(cat estimate.json)"
done
# A denoiser has no score at the ends: a multiple of γ stays away from them by itself.
"$tool" likelihood two-sided --points few.csv --steps 20 --estimator process --diffusion latent:0.3 --paths 5 \
  --output latent.csv 2>/dev/null || fail 'no likelihood along latent:C of a denoiser'
[[ $(wc -l <latent.csv) -eq 40 ]] || fail 'not one log-density a point along latent:C'
# Jensen: the mean of logarithms of the same paths is below the logarithm of their mean.
paste -d, lower-bound.csv feynman-kac.csv | awk -F, '$1 > $2 + 1e-9 { exit 1 }' || fail 'the bound is not below'

# Measures: two files, and a file against a density.
"$tool" evaluate samples.csv points.csv >table.txt
for measure in 'sliced W2' 'W2 of 400' 'energy distance' 'means apart' 'covariances apart'; do
  grep -q "^$measure  " table.txt || fail "no '$measure' in: $(cat table.txt)"
done
"$tool" densities draw checkerboard --count 800 --seed 8 --output board.npy
"$tool" evaluate board.npy checkerboard --json >measures.json
grep -q '"outside": {"value": 0.0, "floor": 0.0}' measures.json || fail "measures: $(cat measures.json)"

# Rows of a file in the order of its classes: what is measured with 2,000 of them sees both.
for class in 0 50; do
  "$tool" densities draw moons --count 2500 --seed $class --output - | awk -F, -v c=$class '{ print $1 + c "," $2 }'
done >classes.csv
shuf --random-source=classes.csv classes.csv >shuffled.csv
"$tool" evaluate shuffled.csv classes.csv --json >measures.json
# 1,000 of 2,000 belong to a class, give or take 17, and the two files differ by 25: W2 is 50 √(25/2,000) = 5.6; with a
# twentieth of the mass on the wrong side it is 11.
grep -oE '"w2": \{"value": [0-9.]+' measures.json | awk '{ exit !($NF < 12) }' ||
  fail "classes in order: $(cat measures.json)"

# What stands behind /dev/stdout is not replaced, and appended to where the shell opened it so.
echo first >appended.csv
"$tool" densities draw moons --count 3 --output /dev/stdout --format csv >>appended.csv 2>/dev/null
[[ $(head -n 1 appended.csv) == first && $(wc -l <appended.csv) -eq 4 ]] || fail "appended: $(cat appended.csv)"
echo first >seventh.csv
"$tool" densities draw moons --count 3 --output /dev/fd/7 --format csv 7>>seventh.csv >/dev/null 2>&1
[[ $(head -n 1 seventh.csv) == first && $(wc -l <seventh.csv) -eq 4 ]] || fail "/dev/fd/7: $(cat seventh.csv)"

# Pictures, each of its kind by its first bytes.
printf '1e17,1e17\n1e17,1e17\n' >place.csv
"$tool" plot place.csv --output place.png 2>/dev/null
printf '\n \n1,2,3\n4,5,6\n\n7,8,10\n\n' >blank-lines.csv
shows '^points *3 of 3 components' "$tool" inspect blank-lines.csv || fail 'blank lines are not left out'
"$tool" plot blank-lines.csv --columns 1,2 --output columns.svg 2>/dev/null
# The flag that is on without a word: off in a file, and as typed whatever the file says.
echo '{"preconditioning": false, "seed": 18446744073709551615}' >off.json
echo '{"preconditioning": true}' >on.json
short=(train --target moons.npy --steps 2 --rows 16 --hidden 4 --quiet)
"$tool" "${short[@]}" --configuration off.json --output off 2>/dev/null
"$tool" "${short[@]}" --configuration on.json --no-preconditioning --output typed-off 2>/dev/null
"$tool" "${short[@]}" --configuration off.json --preconditioning --output typed-on 2>/dev/null
for run in off typed-off; do
  ! "$tool" inspect "$run" | grep -q preconditioned || fail "$run has a preconditioned velocity"
done
shows preconditioned "$tool" inspect typed-on || fail 'a typed flag was overridden by a file'
rm -rf off typed-off typed-on off.json on.json place.csv place.png blank-lines.csv columns.svg
"$tool" plot board.npy checkerboard --output points.png 2>/dev/null
"$tool" plot run --output losses.svg 2>/dev/null
"$tool" plot path.npy --kind scatter --output path.pdf 2>/dev/null
"$tool" plot run --animation moving.png --frames 5 --count 300 2>/dev/null
[[ $(head -c 4 points.png | tail -c 3) == PNG && $(head -c 5 losses.svg) == '<?xml' ]] || fail 'no picture'
[[ $(head -c 4 path.pdf) == %PDF ]] || fail 'no PDF'
[[ $(grep -c acTL moving.png) -ge 1 ]] || fail 'the animation does not move'
"$tool" fields run --field velocity --time 0.3 --points moons.npy --output velocity.npy 2>/dev/null
"$tool" --generate-completion-script bash >completion.txt
grep -q interpolate completion.txt || fail 'no completion'
[[ $("$tool" --version) == 0.1.0 ]] || fail 'no version'
