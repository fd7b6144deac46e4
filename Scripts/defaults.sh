#!/usr/bin/env bash
# Trains a bridge from N(0, Id) to each density that has a name, with the default settings of
# `interpolate train`, and measures them: Output/defaults/defaults.md and defaults.png.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=Output/defaults
mkdir -p "$folder"
for density in $(.build/release/interpolate densities list | cut -d ' ' -f 1); do
  # A run that was stopped goes on; one that has ended stays.
  if [[ -e $folder/$density ]]; then
    .build/release/interpolate resume "$folder/$density"
  else
    .build/release/interpolate train --target "$density" --output "$folder/$density"
  fi
done
.build/release/DefaultSettings "$folder"
