# shellcheck shell=bash
# The README's road, each command as it is printed, in a directory of its own. Only the training is
# made short, by options added behind those printed; without numpy the points are our own. Sourced by
# run.sh.

mkdir -p readme/bin
cat >readme/bin/interpolate <<END
#!/usr/bin/env bash
[[ \$1 == train ]] && set -- "\$@" --steps 400 --rows 256 --hidden 32 32 --checkpoint-every 20 --quiet
[[ \$* == *--animation* ]] && set -- "\$@" --frames 4 --count 500
exec '$tool' "\$@"
END
printf '#!/bin/sh\nexit 0\n' >readme/bin/swift
# Long enough for the run's directory to be there, short enough to interrupt it.
printf '#!/bin/sh\nwhile [ ! -e run/checkpoints/step-000000020.safetensors ]; do /bin/sleep 0.02; done\n' \
  >readme/bin/sleep
if ! python3 -c 'import numpy' 2>/dev/null; then
  printf "#!/bin/sh\nexec '%s' densities draw moons --count 2000 --output points.npy\n" "$tool" \
    >readme/bin/python3
fi
chmod +x readme/bin/*
awk '
  /<!-- example: road -->/ { wanted = 1; next }
  wanted && !inside && /^```/ { inside = 1; next }
  inside && /^```/ { exit }
  inside { print }
' "$checkout/README.md" >readme/road.sh
[[ $(wc -l <readme/road.sh) -ge 10 ]] || fail 'README.md has no block after "<!-- example: road -->"'
(
  cd readme
  PATH=$PWD/bin:$PATH
  # The export that is printed puts a build's directory in front: here there is none.
  bash -euo pipefail road.sh >said.txt 2>errors.txt
) || fail "the README's road: $(cat readme/errors.txt)"
for file in samples.npy log-densities.npy figure.png moving.png; do
  [[ -s readme/$file ]] || fail "the README's road left no $file"
done
grep -q 'sliced W2' readme/said.txt || fail "the README's road printed no measures"
[[ $("$tool" inspect readme/run | grep -c '^steps *400 of 400') -eq 1 ]] ||
  fail "the README's run has not made its steps"
passed=$((passed + 1))
rm -rf readme
