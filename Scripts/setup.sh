#!/bin/sh
# Checks that this machine can build the package, and installs what is missing where apt is there.
#
# Says what it is going to do before it does it; says one line when nothing is missing.
set -eu

say() { printf '%s\n' "setup: $*"; }
stop() {
  printf '%s\n' "setup: $*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# Debian package | module that pkg-config must then find | what it is for
requirements='libopenblas-dev|openblas|matrix products (OpenBLAS, any of its flavours)
liblapacke-dev|lapacke|factorisations and eigenvalues (LAPACKE)
libcairo2-dev|cairo|figures (cairo)
fonts-dejavu-core||a font for the text in figures
pkg-config||finds the libraries above for SwiftPM'

check_machine() {
  case "$(uname -s) $(uname -m)" in
    'Linux x86_64' | 'Linux aarch64' | 'Linux arm64') ;;
    *)
      stop "swift-interpolants runs on Linux on x86-64 and AArch64; this is $(uname -s) on" \
        "$(uname -m). Another platform's BLAS would go into Sources/COpenBLAS/shim.h."
      ;;
  esac
}

check_swift() {
  get='Swift 6.3 or later is needed: https://www.swift.org/install/linux'
  has swift || stop "there is no swift on the PATH. $get"
  found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  [ -n "$found" ] || stop "'swift --version' does not answer with a version. $get"
  major=${found%%.*}
  rest=${found#"$major"}
  rest=${rest#.}
  minor=${rest%%.*}
  if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "${minor:-0}" -lt 3 ]; }; then
    stop "this is Swift $found. $get"
  fi
}

installed() {
  # A transitional pkg-config package and pkgconf both bring the command, which is what counts.
  if [ "$1" = pkg-config ]; then
    has pkg-config
  else
    dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
  fi
}

# Where dpkg isn't there, a library counts when pkg-config finds it, a font when a file is there.
found_without_dpkg() {
  case $1 in
    pkg-config) has pkg-config ;;
    fonts-*) [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name '*.[ot]tf' 2>/dev/null | head -n 1)" ] ;;
    *) has pkg-config && pkg-config --exists "$2" ;;
  esac
}

# Sets `missing` to package names and `reasons` to one line for each.
find_missing() {
  missing=''
  reasons=''
  while IFS='|' read -r package module purpose; do
    if has dpkg-query && has apt-get; then
      ! installed "$package" || continue
    else
      ! found_without_dpkg "$package" "$module" || continue
    fi
    missing="$missing $package"
    reasons="$reasons
  $package: $purpose"
  done <<END
$requirements
END
  missing=${missing# }
}

install_missing() {
  has apt-get || stop "this machine has no apt-get, so install what these Debian packages hold and \
run this again (pkg-config has to find openblas, lapacke and cairo):$reasons"

  as_root=''
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || stop "missing:$reasons
setup: to install, run as root: apt-get update && apt-get install -y --no-install-recommends $missing"
    as_root=sudo
  fi
  say "missing:$reasons"
  # `$missing` and `$as_root` are split on purpose: a list of names, and a word or nothing.
  # shellcheck disable=SC2086
  {
    say "running: ${as_root:+sudo }apt-get update"
    $as_root apt-get -qq update </dev/null ||
      say 'apt-get update failed; going on with the package lists that are here'
    say "running: ${as_root:+sudo }apt-get install -y --no-install-recommends $missing"
    # dpkg's two lines a package go nowhere, errors are shown. The lock's timeout: a new machine is
    # often still installing its own updates.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
      install -y --no-install-recommends $missing </dev/null >/dev/null ||
      stop "apt-get could not install: $missing"
  }
}

# A package can be installed and yet not be found, when its alternative points elsewhere.
check_modules() {
  while IFS='|' read -r package module _; do
    [ -n "$module" ] || continue
    pkg-config --exists "$module" || stop "$package is installed, but pkg-config does not find" \
      "'$module'. Look at PKG_CONFIG_PATH, and at: update-alternatives --get-selections | grep $module"
  done <<END
$requirements
END
}

check_machine
check_swift
find_missing
if [ -n "$missing" ]; then
  install_missing
fi
check_modules
say "ready: Swift $found; OpenBLAS, LAPACKE, cairo and a font are here"
