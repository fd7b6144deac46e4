# shellcheck shell=bash
# Bad files, values, flags and configurations: one line that names the value and what would be right, a
# non-zero code, nothing half written. Sourced by run.sh; `run` is a run.

# npy HEADER BYTES: a .npy file of version 1.0 with any header and so many zero bytes.
npy() {
  local length=${#1}
  printf '\x93NUMPY\x01\x00'
  # shellcheck disable=SC2059 # the escapes are the point
  printf "\\x$(printf %02x $((length % 256)))\\x$(printf %02x $((length / 256)))"
  printf '%s' "$1"
  head -c "$2" /dev/zero
}
# header SHAPE [TYPE]
header() { echo "{'descr': '${2:-<f8}', 'fortran_order': False, 'shape': $1, }"; }
# archive HEADER BYTES: a safetensors file.
archive() {
  local length=${#1}
  # shellcheck disable=SC2059
  printf "\\x$(printf %02x $((length % 256)))\\x$(printf %02x $((length / 256)))\0\0\0\0\0\0"
  printf '%s' "$1"
  head -c "$2" /dev/zero
}

: >empty.npy
: >empty.csv
head -c 100 moons.npy >truncated.npy
head -c 9 moons.npy >nine.npy
echo 'not an array' >text.npy
npy "$(header '(1000000000, 2)')" 64 >lying.npy
npy "$(header '(2, 2)')" 40 >trailing.npy
npy "$(header '(4611686018427387904, 4)')" 16 >overflow.npy
npy "$(header '(-2, 2)')" 32 >negative.npy
npy "$(header '(99999999999999999999, 2)')" 32 >huge.npy
npy "$(header '(2, 2)' '<c16')" 64 >complex.npy
npy "$(header '(2, 2)' '|O')" 32 >object.npy
npy "$(header '(2, 2)' '<U4')" 64 >words.npy
npy "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }" 16 >record.npy
npy "{'descr': '<f8', 'shape': (2, 2), }" 32 >keyless.npy
npy "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (2, 2), }" 32 >maybe.npy
npy "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), 'x': 1, }" 32 >unknown.npy
npy "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }" 32 >twice.npy
npy "$(header '(2, 2)') and more" 32 >more.npy
npy 'no dictionary' 32 >dictionary.npy
npy "$(header '(2)')" 16 >tuple.npy
npy "$(header '(2, 2, 2)')" 64 >cube.npy
npy "$(header '(0, 2)')" 0 >rowless.npy
npy "$(header '(2, 0)')" 0 >columnless.npy
{ npy "$(header '(2, 2)')" 24 && printf '\0\0\0\0\0\0\xf8\x7f'; } >nan.npy
{ npy "$(header '(2, 2)')" 24 && printf '\0\0\0\0\0\0\xf0\xff'; } >infinite.npy
{ printf '\x93NUMPY\x09\x00' && tail -c +9 moons.npy; } >version.npy
printf 'PK\x03\x04 a zip archive' >zip.npy
printf '\x1f\x8b a gzip archive.' >gzip.npy
printf '\x80\x04 a pickle......' >pickle.npy
printf '\x89PNG\r\n\x1a\n........' >picture.npy
printf '1,2\n3,nan\n' >nan.csv
printf '1,2\n3,inf\n' >inf.csv
printf '1,2\n3,1e999\n' >large.csv
printf '1,2\n3\n' >ragged.csv
printf '1,2\n3,x\n' >word.csv
printf '1,2\n3,\n' >blank.csv
printf '1,\n3,4\n5,6\n' >first.csv
printf '1,2\n3,4\n\n5,6,,7\n8,9\n' >longer.csv
printf '1,2\n\n3,x\n' >later.csv
printf '1,2\n,\n3,4\n' >commas.csv
printf '1e305,1\n-1e305,2\n' >far.csv
printf 'a,b\n' >header.csv
printf '1,2\n3,\0\n' >nul.csv
printf '1,2\n\xff\xfe,3\n' >bytes.csv
printf '1,2\n' >single.csv
printf '1,2,3\n4,5,6\n7,8,10\n1,3,7\n' >three.csv
printf '"x","y\n\nz"\n1,2\n3,4\n' >broken.csv
printf '1\n2\n3\n' >column.csv
mkdir directory directory.npy
before=$(listing)

# Each bad file through each command that reads points.
while read -r file text; do
  refuse 1 "$text" train --target "$file" --output new
  refuse 1 "$text" train --base "$file" --target moons --output new
  refuse 1 "$text" evaluate "$file" moons
  refuse 1 "$text" likelihood run --points "$file" --output new.npy
  case $file in
  nan.npy | infinite.npy)
    # An array that may be no points: of log-densities, say.
    [[ $("$tool" inspect "$file") == *'first value'*'in row 1, column 1'* ]] ||
      fail "inspect $file names no value"
    ;;
  *) refuse 1 "$text" inspect "$file" ;;
  esac
done <<'LIST'
missing.npy no such file; check the spelling
missing.csv no such file; check the spelling
empty.npy is empty (0 bytes)
empty.csv is empty (0 bytes)
truncated.npy is truncated: has 100 bytes
nine.npy is truncated: has 9 bytes
text.npy is not a .npy file: it begins with the text 'not an a'
lying.npy needs 16000000
trailing.npy 8 more than the
overflow.npy takes more than 2⁶³ bytes
negative.npy is negative; it must be 0 or more
huge.npy is larger than 2⁶³ − 1
complex.npy holds elements of type '<c16'; supported: f2
object.npy holds elements of type '|O'
words.npy holds elements of type '<U4'
record.npy save one field of the records
keyless.npy the key 'fortran_order' is missing
maybe.npy expected True or False
unknown.npy the key 'x' is none of
twice.npy the key 'descr' stands there twice
more.npy expected the end of the header
dictionary.npy expected '{' at byte 0, found 'n'
tuple.npy the shape (2) is no tuple
version.npy its version is 9.0; versions 1.0, 2.0 and 3.0
zip.npy it looks like a zip archive
gzip.npy it looks like a gzip archive
pickle.npy it looks like a Python pickle
picture.npy it looks like a PNG picture
nan.npy holds NaN at row 1, column 1
infinite.npy holds -inf at row 1, column 1
nan.csv holds nan in line 2, column 2; remove
inf.csv holds inf in line 2, column 2
large.csv in line 2, column 2
ragged.csv has 1 columns in line 2, 2 in the first
longer.csv has 4 columns in line 4, 2 in the first
word.csv holds 'x' in line 2, column 2, which is not a number
blank.csv holds '' in line 2, column 2
first.csv holds '' in line 1, column 2, which is not a number
later.csv holds 'x' in line 3, column 2
commas.csv holds '' in line 2, column 1
header.csv holds no rows of numbers
nul.csv holds a NUL byte
broken.csv has a field in quotes that does not end in line 1
bytes.csv its bytes are not UTF-8
LIST
for file in cube.npy rowless.npy columnless.npy; do
  refuse 1 'expected [count, dimension]' train --target "$file" --output new
  refuse 1 'expected [count, dimension]' sample run --from "$file" --output new.npy
done

# Ends that do not go together, places that cannot be written.
refuse 1 'at least 2 are needed' train --target single.csv --output new
refuse 1 'neither a density' train --target checkers --output new
refuse 1 'neither a density' train --base 'a b' --target moons --output new
refuse 1 'already exists' train --target points.csv --output run
refuse 1 'does not exist; create it first' train --target points.csv --output nowhere/new
refuse 1 'a part of this path is a file' train --target points.csv --output moons.npy/new
refuse 64 'different dimensions' train --base three.csv --target points.csv --output new
refuse 64 'cannot both be standard input' train --base - --target - --output new
refuse 1 'standard input: is empty' train --target - --output new
refuse 64 'is for two densities' train --target points.csv --output new --schedule encoding-decoding
refuse 64 'is for a Gaussian base' \
  train --base moons --target points.csv --output new --schedule sbdm
refuse 64 'needs γ < 1' train --base moons --target points.csv --output new \
  --schedule variance-preserving --gamma-scale 5

refuse 64 '--gamma is for two-sided interpolants' train --target points.csv --output new --gamma quadratic
refuse 64 '--gamma-scale is for two-sided interpolants' train --target points.csv --output new --gamma-scale 2
refuse 64 'and --gamma is quadratic; leave one out' \
  train --base moons --target points.csv --output new --gamma quadratic --gamma-scale 2

# Options of train: the option, the value, what would be right.
while read -r code text; do
  read -r options
  # shellcheck disable=SC2086 # words
  refuse "$code" "$text" train --target moons.npy --output new $options
done <<'LIST'
64 --products must be one of full, bfloat16, got 'half'
--products half
64 --steps must be at least 1, got 0
--steps 0
64 --steps must be at least 1, got -5
--steps=-5
64 --steps must be below 2^32, got 4294967296
--steps 4294967296
64 The value 'many' is invalid for '--steps
--steps many
64 The value '1e3' is invalid for '--steps
--steps 1e3
64 --rows must be at least 1, got 0
--rows 0
64 --rows must be at most 2^24, got 99999999
--rows 99999999
64 --learning-rate must be positive, got 0.0
--learning-rate 0
64 --learning-rate must be positive, got nan
--learning-rate nan
64 --learning-rate must be positive, got inf
--learning-rate inf
64 --hidden takes widths from 1 to 65536, got [0]
--hidden 0
64 --hidden takes widths from 1 to 65536, got [8, 70000]
--hidden 8 70000
64 --octaves must lie between 0 and 16, got 17
--octaves 17
64 --octaves must lie between 0 and 16, got -1
--octaves=-1
64 --activation must be one of
--activation rleu
64 --schedule must be one of linear, trigonometric
--schedule cubic
64 --gamma must be one of brownian
--gamma big
64 --gamma-scale must be positive, got -1.0
--gamma-scale=-1
64 --standardize must be one of identity, scale, whitening, got 'no'
--standardize no
64 --hold-out must lie between 0 and 1, got 1.0
--hold-out 1
64 --hold-out must lie between 0 and 1, got nan
--hold-out nan
64 --average-decay must lie in [0, 1), got 1.0
--average-decay 1
64 --gradient-limit must be positive, got 0.0
--gradient-limit 0
64 --checkpoint-every must be at least 1, got 0
--checkpoint-every 0
64 --keep must be at least 1, got 0
--keep 0
64 The value '-1' is invalid for '--seed
--seed=-1
64 The value 'fast' is invalid for '--progress
--progress fast
64 Unknown option '--speed'
--speed 3
64 Unexpected argument 'extra'
extra
64 Missing value for '--steps
--steps
LIST
refuse 64 "Missing expected argument '--target" train --output new
refuse 64 "Missing expected argument '--output" train --target moons
refuse 64 "there is no command 'trian'; the commands are train, resume" trian

# Configuration files.
while read -r code text; do
  read -r json
  echo "$json" >options.json
  before=$(listing)
  refuse "$code" "$text" train --configuration options.json --target moons.npy --output new
done <<'LIST'
64 is not a JSON object of options
{"steps": 5
64 is not a JSON object of options
[1, 2]
64 the value of 'steps' is no text, number, true, false or list
{"steps": {"a": 1}}
64 the value of 'steps' is no text, number, true, false or list
{"steps": null}
64 'Steps' is no name of an option
{"Steps": 5}
64 Unknown option '--stepps'
{"stepps": 5}
64 'stepps' is none of the flags json, preconditioning, quiet
{"stepps": false}
64 'steps' is none of the flags json, preconditioning, quiet
{"steps": true}
64 names another 'configuration'
{"configuration": "more.json"}
64 --quiet contradicts --progress plain
{"quiet": true, "progress": "plain"}
64 --steps must be at least 1, got -3
{"steps": -3}
64 The value '2.5' is invalid for '--steps
{"steps": 2.5}
64 --hidden takes widths
{"hidden": [8, 0]}
LIST
rm options.json
before=$(listing)
refuse 1 'no such file' train --configuration missing.json --target moons.npy --output new

# Options of sample.
while read -r code text; do
  read -r options
  # shellcheck disable=SC2086
  refuse "$code" "$text" sample run --output new.npy $options
done <<'LIST'
64 --count must be at least 1, got 0
--count 0
64 --steps must be at least 1, got 0
--steps 0
64 --diffusion must be finite and not negative, got nan
--diffusion nan
64 --diffusion must be finite and not negative, got -1.0
--diffusion=-1
64 expected a number, t, pi, a function or '(' at character 1
--diffusion big
64 expected ')' at character 6
--diffusion sin(t
64 expected the end or an operator at character 2
--diffusion t(t)
64 expected '(' after exp at character 4
--diffusion exp
64 expected ',' in min
--diffusion min(t)
64 takes a positive number, got 'x'
--diffusion latent:x
64 takes a positive number, got '-2'
--diffusion=latent:-2
1 ε is -
--diffusion=t-0.5
1 ε is -
--diffusion cos(200*pi*t) --steps 100
64 --noise-times must be two times such as 0.001:0.999, got '1'
--noise-times 1
64 --noise-times must be two times such as 0.001:0.999, got '0.9:0.1'
--noise-times 0.9:0.1
64 --times must be two times
--times 0:2
64 start at t = 0.2, which is not the base; give points of the law there by --from
--times 0.2:1
64 start at t = 0.5, which is not the target
--times 0:0.5 --direction backward
64 --products must be one of full, bfloat16, got 'half'
--products half
64 --direction must be one of forward, backward, got 'up'
--direction up
64 --spacing must be one of uniform, cosine
--spacing dense
64 --method must be one of sra1
--method rk4
64 --method is for the SDE; add --diffusion
--method shark
64 --tolerance must be positive, got 0.0
--tolerance 0
64 stop before it, such as --times 0:0.99
--finish denoise
64 stop before it, such as --times 0.01:1
--finish denoise --direction backward
64 --noise-times are for the SDE; add --diffusion
--noise-times 0.1:0.9
64 --steps is for fixed steps
--tolerance 1e-3 --steps 5
64 --spacing is for fixed steps
--tolerance 1e-3 --spacing cosine
64 --finish must be one of none, denoise
--finish jump
64 --format must be one of npy, csv
--format hdf5
64 --save-times and --trajectory belong together
--save-times 0,1
64 --format csv contradicts the name new.npy
--format csv
64 --output and --trajectory are both new.npy
--save-times 0,1 --trajectory new.npy
64 of which --times 0:0.5 have none
--times 0:0.5 --diffusion 0.5 --noise-times 0.6:0.9
64 --save-times must be times in [0, 1]
--save-times 0,2 --trajectory new2.npy
64 which is outside --times
--save-times 1 --times 0:0.5 --trajectory new2.npy
64 exclude each other
--count 5 --from moons.npy
1 has points of 3 components, the run has 2
--from three.csv
1 were trained on t in 0.0...0.9999 and would be used on 0.0...1.0; let ε act on an inner interval, such as --noise-times 0.001:0.999, or end --times
--diffusion 0.5 --noise-times 0:1
1 let ε act on an inner interval, such as --noise-times 0.001:0.999, or end --times earlier
--diffusion 1/t
LIST
refuse 64 'nothing would be written' sample run
refuse 1 'no such file' sample missing --output new.npy
refuse 1 'must end in .npy or .csv' sample run --output new.txt
refuse 1 'does not exist' sample run --count 9 --output nowhere/new.npy
refuse 1 'is a directory; give the path of a file' sample run --count 9 --output directory.npy

# Damaged runs.
damage() { # NAME FILE COMMAND...: a copy of the run with a file changed.
  rm -rf damaged
  cp -r run damaged
  (cd damaged && eval "$2")
  before=$(listing)
}
damage configuration 'echo "{}" >configuration.json'
refuse 1 "the entry 'format' is missing" sample damaged --output new.npy
damage configuration 'sed -i "s/\"format\" : 2/\"format\" : 3/" configuration.json'
refuse 1 'its format is 3; this library reads the formats 1 to 2' sample damaged --output new.npy
damage configuration 'sed -i "s/\"rows\" : 256/\"rows\" : 0/" configuration.json'
refuse 1 'a step has 1 to 2³⁰ rows, got 0' resume damaged
damage configuration 'sed -i "s/\"seed\" : 0/\"seed\" : 1/" configuration.json'
refuse 1 'is not the one of this checkpoint' resume damaged
damage configuration 'sed -i "s/\"linear\"/\"cubic\"/" configuration.json'
refuse 1 'it is not the JSON of a run' inspect damaged
damage configuration 'head -c 300 ../run/configuration.json >configuration.json'
refuse 1 'it is not the JSON of a run' plot damaged --output new.png
damage weights 'head -c 500 ../run/weights.safetensors >weights.safetensors'
refuse 1 'is truncated' sample damaged --output new.npy
damage weights 'printf x | dd of=weights.safetensors bs=1 seek=2000 conv=notrunc 2>/dev/null'
refuse 1 'is damaged: the checksum of its content' sample damaged --output new.npy
damage weights 'rm weights.safetensors'
refuse 1 'no such file' likelihood damaged --points moons.npy
damage weights 'cp ../two-sided/weights.safetensors .'
refuse 1 'expected [32, 15]' sample damaged --output new.npy
damage checkpoint 'for f in checkpoints/*; do printf x | dd of=$f bs=1 seek=3000 conv=notrunc 2>/dev/null; done'
refuse 1 'no checkpoint before it is whole' resume damaged
damage checkpoint 'printf x | dd of=$(ls checkpoints/* | tail -1) bs=1 seek=3000 conv=notrunc 2>/dev/null'
refuse 1 'is whole: remove this file to resume from there' resume damaged
damage checkpoint 'rm checkpoints/*'
refuse 1 'has no checkpoint to go on from; train a new run' resume damaged
damage points 'cp ../moons.npy target.npy'
refuse 1 'target.npy: is damaged' resume damaged
damage metrics ': >metrics.csv'
refuse 1 'is empty' plot damaged --output new.png
rm -rf damaged
before=$(listing)
first=$checkout/Tests/StochasticInterpolantsTests/Files/Resources/Runs/format-1/one-sided
cp -r "$first" first
before=$(listing)
refuse 1 'can be sampled but not resumed' resume first
refuse 1 'can be sampled but not resumed' sample first --direction backward --output new.npy
refuse 1 'no such file' resume nowhere
refuse 64 "Missing expected argument '<directory>'" resume

# The other commands.
refuse 64 'would write to standard output together' likelihood run --points moons.npy --json --output -
refuse 64 '--hold-out is for points' train --target moons --hold-out 0.3 --output new
refuse 64 'are both new.npy; give each a place of its own' \
  likelihood run --points moons.npy --probes 5 --output new.npy --standard-errors new.npy
refuse 64 'are both ./new.npy; give each a place of its own' \
  likelihood run --points moons.npy --probes 5 --output new.npy --standard-errors ./new.npy
refuse 64 'are both directory/../new.npy; give each a place of its own' \
  sample run --save-times 0,1 --output new.npy --trajectory directory/../new.npy
refuse 64 'euler-maruyama has no error estimate' \
  sample run --diffusion 0.5 --tolerance 1e-3 --method euler-maruyama --output new.npy
refuse 64 '--count must be at most' sample run --count 1000000000000000 --output new.npy
refuse 64 '--count must be at most' densities draw moons --count 1000000000000000 --output new.npy
refuse 64 '--count must be at most' plot moons --count 1000000000000000 --output new.png
refuse 64 '--steps must be at most' sample run --steps 9223372036854775807 --output new.npy
refuse 64 '--steps must be at most' likelihood run --points moons.npy --steps 9223372036854775807
refuse 64 '--probes must be at most' likelihood run --points moons.npy --probes 9223372036854775807
refuse 64 '--paths must be at most' likelihood run --points moons.npy --estimator process --diffusion 1 \
  --paths 9223372036854775807
refuse 1 'does not exist; create it first' likelihood run --points moons.npy --output nowhere/new.npy
refuse 64 '--steps must be' likelihood run --points moons.npy --steps 0
refuse 64 '--probes must be at least 1, got 0' likelihood run --points moons.npy --probes 0
refuse 64 '--estimator must be one of flow, feynman-kac' likelihood run --points moons.npy --estimator euler
refuse 64 '--paths must be at least 1' likelihood run --points moons.npy --paths 0
refuse 64 '--paths is for the estimators of an SDE' likelihood run --points moons.npy --paths 10
refuse 64 '--diffusion is for the estimators of an SDE' likelihood run --points moons.npy --diffusion 0.5
refuse 64 '--probes would bias feynman-kac' \
  likelihood run --points moons.npy --estimator feynman-kac --diffusion 0.5 --probes 5
refuse 64 '--estimator process needs an ε' likelihood run --points moons.npy --estimator process
refuse 64 'needs an ε that is not 0' likelihood run --points moons.npy --estimator process --diffusion 0
refuse 64 '--diffusion must be finite and not negative' \
  likelihood run --points moons.npy --estimator process --diffusion=-1
refuse 64 'need at least two probes or paths' likelihood run --points moons.npy --standard-errors new.npy
refuse 64 'need at least two probes or paths' \
  likelihood run --points moons.npy --probes 1 --standard-errors new.npy
refuse 64 'would write to standard output together' \
  likelihood run --points moons.npy --probes 3 --standard-errors - --output -
refuse 64 '--steps must be at least 1, got 0' resume run --steps 0
refuse 64 '--steps must be below 2^32' resume run --steps 4294967296
refuse 1 'run: has made 200 steps and cannot have 100 in all' resume run --steps 100
refuse 1 'has points of 3 components, the run has 2' likelihood run --points three.csv
refuse 1 'must end in .npy or .csv' likelihood run --points moons.npy --output new.txt
refuse 64 '--time must lie in [0, 1], got 2.0' fields run --time 2 --points moons.npy --output new.npy
refuse 64 '--field must be one of' fields run --time 0 --field speed --points moons.npy --output new.npy
refuse 1 'has points of 3 components' fields run --time 0 --points three.csv --output new.npy
refuse 1 'at least 4 are needed' evaluate single.csv moons
refuse 1 'at least 4 are needed' evaluate moons.npy single.csv
refuse 1 'components, moons has 2' evaluate three.csv moons
refuse 1 'neither a density' evaluate moons.npy moon
refuse 64 'cannot both be standard input' evaluate - -
refuse 64 "Missing expected argument '<reference>'" evaluate moons.npy
refuse 1 'the extension must be png, svg or pdf' plot moons.npy --output new.jpg
refuse 1 'an animation is a png file' plot run --animation new.svg
refuse 1 'does not exist; create it first' plot run --animation nowhere/new.png
refuse 1 'does not exist; create it first' plot moons --output nowhere/new.png
refuse 64 '--seed is for points, and run is a run' plot run --seed 1 --output new.png
refuse 64 '--count is for draws from a density' plot moons.npy --count 5 --output new.png
refuse 1 'column.csv: has 1 column, and a picture is of two' plot column.csv --output new.png
refuse 64 'is empty to the twelve digits' plot moons.npy --range 1:1.0000000000000002 --output new.png
refuse 64 'give either --output or --animation' plot moons.npy
refuse 64 '--frames must lie in 2...500, got 1' plot run --animation new.png --frames 1
refuse 64 '--columns must be two numbers' plot moons.npy --columns 1 --output new.png
refuse 1 'has 2 columns; --columns 0,7 asks for more' plot moons.npy --columns 0,7 --output new.png
refuse 64 '--range must be two numbers' plot moons.npy --range 5:1 --output new.png
refuse 1 'a finite noise; take another --diffusion, or' plot run --animation new.png --diffusion 1/t
refuse 64 '--frames is for an animation' plot moons.npy --frames 5 --output new.png
refuse 64 '--diffusion is for an animation' plot moons.npy --diffusion 1 --output new.png
refuse 64 '--kind is for figures' plot run --kind scatter --animation new.png
refuse 64 '--range is for points, and run is a run' plot run --range 0:1 --output new.png
refuse 1 'has 2 components; --columns 7,9 asks for more' plot run --columns 7,9 --animation new.png
refuse 1 'too far for an axis; give a --range' plot far.csv --output new.png
refuse 64 '--kind must be one of heat-map, scatter' plot moons.npy --kind bar --output new.png
refuse 1 'neither a .npy nor a .csv file by its name' plot moons --output new.png points.txt
refuse 1 'there is no density named "moon"' densities draw moon --output new.npy
refuse 1 'there is no density named' densities describe checkers
refuse 64 '--count must be' densities draw moons --count 0 --output new.npy
refuse 1 'must end in .npy or .csv' densities draw moons --output new
refuse 1 'neither a .npy nor a .csv' inspect new
archive '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}' 4 >short.safetensors
archive '{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}' 4 >typed.safetensors
archive '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}' 8 >hole.safetensors
archive '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 4 >overlap.safetensors
archive '{"a":1}' 4 >number.safetensors
before=$(listing)
refuse 1 "'a' has 4 bytes, but the shape [2]" inspect short.safetensors
refuse 1 "'a' has the type 'F99'" inspect typed.safetensors
refuse 1 'belong to no tensor' inspect hole.safetensors
refuse 1 'inside' inspect overlap.safetensors
refuse 1 "expected '{'" inspect number.safetensors
cp text.npy text.safetensors
before=$(listing)
refuse 1 'is not a safetensors file' inspect text.safetensors

# The exact fields.
reference=$checkout/Tests/StochasticInterpolantsTests/Interpolants/Resources/gaussian-mixture-fields.json
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
evaluation "$linear" 'gamma="zero"' t=true 'x=[1]' >flag.json
echo '[1]' >list.json

before=$(listing)
refuse 1 'no such file' exact --input missing.json --output new.json
refuse 1 'is not JSON; is it truncated?' exact --input cut.json --output new.json
refuse 1 'is no JSON object' exact --input list.json --output new.json
refuse 1 "'t' must be a number in [0, 1], got true" exact --input flag.json --output new.json
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

# Permissions, where the user is not allowed everything.
if [[ $(id -u) -ne 0 ]]; then
  mkdir locked
  chmod 555 locked
  before=$(listing)
  refuse 1 'no permission to write' train --target moons.npy --output locked/new
  refuse 1 'no permission to write' sample run --count 5 --output locked/new.npy
  chmod 755 locked
fi

# Mutated text: read, or refused in one line.
RANDOM=7
head -6 points.csv >sound.csv
size=$(wc -c <sound.csv)
for ((mutant = 0; mutant < ${CSV_MUTANTS:-60}; mutant++)); do
  cp sound.csv mutant.csv
  for ((change = 0; change <= RANDOM % 3; change++)); do
    # shellcheck disable=SC2059
    printf "\\x$(printf %02x $((RANDOM % 256)))" |
      dd of=mutant.csv bs=1 seek=$((RANDOM % size)) conv=notrunc 2>/dev/null
  done
  status=0
  output=$("$tool" inspect mutant.csv 2>&1 >/dev/null) || status=$?
  [[ $status -eq 0 || ($status -eq 1 && $(wc -l <<<"$output") -eq 1) ]] ||
    fail "a mutant of a .csv file ended with $status: $output"
done

# A full device in the place of a file.
status=0
output=$("$tool" sample run --count 5000 --output - 2>&1 >/dev/full) || status=$?
[[ $status -eq 1 && $output == *'standard output: cannot be written'* ]] || fail "/dev/full: $output"

distinct=$(sort -u <<<"$messages" | grep -c .)
[[ $passed -ge 200 ]] || fail "only $passed refusals"
[[ $distinct -ge 40 ]] || fail "only $distinct different messages"
