#!/usr/bin/env bash
# Runs the workloads over their floors and compares the 90 % quantiles with Benchmarks/Thresholds: ratios in
# thousandths, within 150 for the noise of a shared host. `bench-check.sh '.*small.*'` runs those whose whole
# names match.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! swift package --package-path Benchmarks benchmark thresholds check --target WorkloadBenchmarks \
  --path Benchmarks/Thresholds --filter "${1:-.*-over-its-floor}" --skip '.*bfloat16.*' --no-progress \
  2>&1 | tee "$log"; then
  # Better than asked for is an error of the tool as well.
  grep -q 'benchmarkThresholdImprovement' "$log" || exit 1
fi
echo "bench-check: no workload takes longer over its floor than Benchmarks/Thresholds allows"
