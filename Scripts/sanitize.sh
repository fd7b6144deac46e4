#!/usr/bin/env bash
# Runs tests under a sanitizer, with a build of its own in .build/sanitize: `address`, which has the
# undefined-behaviour checks of the C code with it, unless `thread` is asked for. What follows goes to
# `swift test` in the place of the tests below: `--filter .` runs them all.
#
# swiftc takes -sanitize=undefined on no Linux target. What that would look for stops Swift code in every
# build: overflow, ranges, exclusive access. The C code has it from clang; its run-time library is a part
# of the address sanitizer's, so the two go together.
#
# One test at a time under `thread`: side by side, those that wait for a second worker starve.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export ASAN_OPTIONS=detect_leaks=1
export LSAN_OPTIONS=suppressions=$PWD/Scripts/suppressions/leaks:print_suppressions=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

sanitizer=${1:-address}
[[ $# -eq 0 ]] || shift
case $sanitizer in
  address)
    flags=(-Xcc -fsanitize=undefined)
    # Kernels, arrays, the tape, and what reads or writes files: where there are pointers, and where there
    # is input from outside.
    tests='CKernelsTests|TensorsTests|GradientsTests|FigureTests|AnimationTests|MutationTests|Malformed'
    tests+='|FileErrorTests|NPYTests|SafetensorsTests|CSVTests|MappedPointsTests|AtomicFileTests'
    tests+='|ChecksumTests|CheckpointFaultTests|ResumeTests|RunDirectoryTests'
    ;;
  thread)
    flags=(--no-parallel)
    # Workers, and what they share: a step of training, blocks of samples, cells of likelihoods.
    tests='WorkersTests|StoragePoolTests|AsyncTrainingTests|TrainingTests\.TrainingTests|HeldOutTests|UpdateTests|ResumeTests'
    tests+='|SamplingTests\.SamplerTests|StochasticAdaptiveTests|FlowLogDensityTests|HutchinsonTests|DiffusionTests'
    tests+='|PeerComplaintTests'
    ;;
  *)
    echo "sanitize: address and thread are offered, got '$sanitizer'" >&2
    exit 2
    ;;
esac
[[ $# -gt 0 ]] || set -- --filter "$tests"
# That test bounds the data of its process to a gigabyte, which the sanitizers' own tables exceed.
swift test -c release --disable-testable-imports --scratch-path ".build/sanitize/$sanitizer" \
  --sanitize "$sanitizer" "${flags[@]}" --skip aFileLargerThanMemory "$@"
