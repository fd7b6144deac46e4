# shellcheck shell=bash
# Runs that survive: killed at random moments and resumed they end in the bits of an uninterrupted run;
# Ctrl-C stores and says how to go on; a full disk leaves what was there. Sourced by run.sh.

train=(train --target points.csv --steps 1000 --rows 128 --hidden 24 24 --checkpoint-every 7
  --average-decay 0.99 --seed 5)
"$tool" "${train[@]}" --output whole --quiet 2>/dev/null

# reaches RUN STEP VICTIM: waits until RUN has a checkpoint of STEP or a later one; only the last few are kept, so
# that a given one may come and go between two looks. Fails where the process ends without one.
reaches() {
  local newest alive=true
  while $alive; do
    kill -0 "$3" 2>/dev/null || alive=false # before the look: what a process stored last is seen
    newest=$(ls "$1/checkpoints" 2>/dev/null | sed -n 's/^step-0*\([0-9]*\)\.safetensors$/\1/p' | tail -n 1) || true
    [[ ${newest:-0} -lt $2 ]] || return 0
    sleep 0.01
  done
  return 1
}

# Killed with SIGKILL after a random time of up to 60 ms, up to KILLS times.
"$tool" "${train[@]}" --output killed --quiet 2>/dev/null &
victim=$!
RANDOM=${KILL_SEED:-1}
kills=0
for ((round = 0; round < ${KILLS:-20}; round++)); do
  sleep "0.0$((RANDOM % 50 + 10))"
  if kill -KILL "$victim" 2>/dev/null; then kills=$((kills + 1)); fi
  wait "$victim" 2>/dev/null || true
  # A kill before the directory has its name leaves no run: training begins anew.
  if [[ -d killed ]]; then
    "$tool" resume killed --quiet 2>/dev/null &
  else
    "$tool" "${train[@]}" --output killed --quiet 2>/dev/null &
  fi
  victim=$!
done
wait "$victim" || fail 'the last resume failed'
[[ $kills -ge 5 ]] || fail "only $kills of the kills met a living training"
cmp -s whole/weights.safetensors killed/weights.safetensors ||
  fail "after $kills kills the weights are others than those of one training"
for file in whole/checkpoints/*; do
  cmp -s "$file" "killed/checkpoints/${file##*/}" || fail "the checkpoint ${file##*/} differs"
done
# The losses too; the speed of a step is no part of the run.
steps() { awk -F, '{ $NF = ""; print }' "$1/metrics.csv"; }
diff <(steps whole) <(steps killed) >/dev/null || fail 'the metrics differ after kills'

# Killed between the last checkpoint, the weights and the picture: the next resume brings what is missing.
cp -r whole unpainted
rm unpainted/samples.png unpainted/weights.safetensors
"$tool" resume unpainted --quiet 2>/dev/null
cmp -s whole/weights.safetensors unpainted/weights.safetensors || fail 'a finished run without weights got none'
cmp -s whole/samples.png unpainted/samples.png || fail 'a finished run without a picture got none'
echo 'of an earlier step' >unpainted/samples.png
touch -d 2000-01-01 unpainted/samples.png
"$tool" resume unpainted --quiet 2>/dev/null
cmp -s whole/samples.png unpainted/samples.png || fail 'a picture older than the weights was left'
rm -rf unpainted

# A finished run goes on to more steps: the same bits at once and after a kill, and the steps made stay.
cp -r whole longer
cp -r whole longer-killed
"$tool" resume longer --steps 1100 --quiet 2>/dev/null
[[ $(wc -l <longer/metrics.jsonl) -eq 1100 ]] || fail 'a run of 1,000 steps has not gone on to 1,100'
cmp -s <(steps whole) <(steps longer | head -n 1001) || fail 'the steps made before are not as they were'
[[ $(grep -c '"learning_rate":0[.,}]0*[,}]' longer/metrics.jsonl) -eq 0 ]] || fail 'a run that goes on learns at the rate 0'
"$tool" resume longer-killed --steps 1100 --quiet 2>/dev/null &
victim=$!
reaches longer-killed 1001 "$victim" || fail 'a run that goes on stored no checkpoint'
kill -KILL "$victim" 2>/dev/null || true
wait "$victim" 2>/dev/null || true
"$tool" resume longer-killed --quiet 2>/dev/null
cmp -s longer/weights.safetensors longer-killed/weights.safetensors ||
  fail 'a run that was killed while it went on has other weights'
rm -rf longer-killed

# Ctrl-C: the step is finished and stored, and the way on is named.
# What a script runs in the background ignores SIGINT, and so may this script.
env --default-signal=INT "$tool" "${train[@]}" --steps 100000 --output stopped --quiet 2>stopped.txt &
victim=$!
reaches stopped 1 "$victim" || fail "a training ended before its first checkpoint: $(cat stopped.txt)"
kill -INT "$victim"
status=0
wait "$victim" || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C ended with $status instead of 130"
grep -q '^stopped and stored at step [0-9]* of 100000; go on by: interpolate resume stopped$' stopped.txt ||
  fail "Ctrl-C said: $(cat stopped.txt)"
step=$(sed 's/.*at step \([0-9]*\) .*/\1/' stopped.txt)
[[ -e stopped/checkpoints/step-$(printf %09d "$step").safetensors ]] || fail "no checkpoint of step $step"
rm -rf stopped
# Where it was ignored it still is.
env --ignore-signal=INT "$tool" "${train[@]}" --steps 100000 --output ignoring --quiet 2>/dev/null &
victim=$!
reaches ignoring 1 "$victim" || fail 'a training in the background ended before its first checkpoint'
kill -INT "$victim"
newest=$(ls ignoring/checkpoints | sed -n 's/^step-0*\([0-9]*\)\.safetensors$/\1/p' | tail -n 1)
reaches ignoring $((newest + 500)) "$victim" || fail 'a training that was to ignore SIGINT was stopped by it'
kill -KILL "$victim"
wait "$victim" 2>/dev/null || true
rm -rf ignoring

# A file size limit in the place of a full disk: one line, and the checkpoints before are whole.
cp -r whole full
status=0
output=$(
  trap '' XFSZ
  ulimit -f 4
  "$tool" resume full --steps 1100 --quiet 2>&1
) || status=$?
[[ $status -ne 0 && $output == *'make room or choose another disk'* && $(wc -l <<<"$output") -eq 1 ]] ||
  fail "a full disk ended with $status: $output"
for file in whole/checkpoints/*; do
  cmp -s "$file" "full/checkpoints/${file##*/}" || fail "a full disk changed the checkpoint ${file##*/}"
done
"$tool" inspect full >inspected.txt
! grep -q damaged inspected.txt || fail 'a full disk damaged a checkpoint'
"$tool" resume full --steps 1100 --quiet 2>/dev/null || fail 'no resume after the disk was full'
cmp -s longer/weights.safetensors full/weights.safetensors || fail 'a full disk changed the run'
rm -rf full longer

# Divergence: one line with step, objective and time; what was good is kept.
status=0
output=$("$tool" "${train[@]}" --learning-rate 1e38 --checkpoint-every 1 --output wild --quiet 2>&1) || status=$?
[[ $status -eq 1 && $(wc -l <<<"$output") -eq 1 ]] || fail "divergence ended with $status: $output"
[[ $output =~ diverged\ at\ step\ [0-9]+:\ the\ velocity.*\ at\ t\ =\ [0-9.e-]+\;.*checkpoint\ of\ step\ [0-9]+\ is\ kept ]] ||
  fail "divergence said: $output"
"$tool" sample wild --count 1 --output wild.csv 2>/dev/null || [[ $? -eq 1 ]] || fail 'the kept weights crash'
rm -rf wild wild.csv

passed=$((passed + 5))
survived="$kills kills"
