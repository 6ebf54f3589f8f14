#!/usr/bin/env bash
# Installs and compiles every peer of the benchmarks into bench/peers/build and bench/peers/node_modules (neither is committed). Needs npm,
# and a Debian-like system or gcc, g++, gfortran, Boost's headers and Python 3.11+ with venv. Run again at will: what is up to date is kept.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p build

scipy=1.17.1
numpy=2.4.6

has() { command -v "$1" > /dev/null; }
has_boost() { echo '#include <boost/numeric/odeint.hpp>' | g++ -E -x c++ - > /dev/null 2>&1; }
has_all() { has gcc && has g++ && has gfortran && has_boost && python3 -c 'import ensurepip, venv' 2> /dev/null; }
if ! has_all; then
  if ! has apt-get; then
    echo "Install gcc, g++, gfortran, the headers of Boost, and Python 3.11 or newer with venv." >&2
    exit 1
  fi
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  # A fresh machine has no package lists, an old one has lists of packages that are gone
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q gcc g++ gfortran libc6-dev libboost-dev python3-venv
fi

[ -x build/venv/bin/pip ] || python3 -m venv --clear build/venv
is_installed="import numpy, scipy; exit((scipy.__version__, numpy.__version__) != ('$scipy', '$numpy'))"
build/venv/bin/python -c "$is_installed" 2> /dev/null || build/venv/bin/pip install -q "scipy==$scipy" "numpy==$numpy"

# Whether a file is there and newer than all the others
is_fresh() {
  local target=$1 source
  shift
  [ -e "$target" ] || return 1
  for source in "$@"; do [ "$target" -nt "$source" ] || return 1; done
}
is_fresh node_modules/.package-lock.json package-lock.json || npm ci --loglevel=error --no-audit --no-fund

# A download that was cut short leaves nothing behind
unpack() {
  [ ! -d "build/$1-$2" ] || return 0
  rm -rf build/unpacked
  mkdir build/unpacked
  build/venv/bin/python sdist.py "$1" "$2" build/unpacked
  mv "build/unpacked/$1-$2" build/
  rmdir build/unpacked
}
# Hairer's dopri5 and dop853 are in scipy's source package; radau5 and ODEPACK are in Assimulo's
unpack scipy 1.10.1
unpack Assimulo 3.0

# compile TARGET SOURCE... -- COMMAND...: runs the command unless the target is newer than its sources and this script
compile() {
  local target=$1
  local sources=()
  shift
  while [ "$1" != -- ]; do
    sources+=("$1")
    shift
  done
  shift
  is_fresh "$target" ../setup.sh ../problems.h "${sources[@]}" || "$@"
}
cd build
dop=scipy-1.10.1/scipy/integrate/dop
stiff=Assimulo-3.0/assimulo/thirdparty
# make_peers SUFFIX FLAG...: the compiled codes for one set of instructions
make_peers() {
  local set=$1 objects=("problems$1.o" "hairer$1.o") source object precision real suffix
  shift
  local cc_flags=(-O3 "$@")
  compile "problems$set.o" ../problems.c -- gcc "${cc_flags[@]}" -c ../problems.c -o "problems$set.o"
  compile "hairer$set.o" ../hairer.c -- gcc "${cc_flags[@]}" -c ../hairer.c -o "hairer$set.o"
  for source in $dop/dopri5.f $dop/dop853.f $stiff/hairer/radau_decsol.f $stiff/odepack/opkd{main,a1,a2}.f; do
    object=$(basename "$source" .f)$set.o
    compile "$object" "$source" -- gfortran "${cc_flags[@]}" -std=legacy -w -c "$source" -o "$object"
    objects+=("$object")
  done
  compile "hairer$set" "${objects[@]}" -- gfortran "${objects[@]}" -lm -o "hairer$set"
  for precision in "double f64" "float f32"; do
    read -r real suffix <<< "$precision"
    local flags=("${cc_flags[@]}" -DREAL="$real" -DSUFFIX="$suffix")
    compile "rk45_$suffix$set" ../rk45.c "problems$set.o" -- gcc "${flags[@]}" ../rk45.c "problems$set.o" -lm -o "rk45_$suffix$set"
    compile "boost_$suffix$set" ../boost.cpp "problems$set.o" -- g++ "${flags[@]}" ../boost.cpp "problems$set.o" -lm -o "boost_$suffix$set"
  done
}
make_peers "" -march=native
# What wasm has: vectors of 128 bits, no fused multiply-add
if [ "$(uname -m)" = x86_64 ]; then make_peers _128 -march=x86-64-v2; fi
{
  gcc --version | head -1
  gfortran --version | head -1
  echo BOOST_LIB_VERSION | g++ -E -P -include boost/version.hpp -x c++ - | tail -1 | tr -d '"' | sed 's/^/Boost /'
  venv/bin/python -c 'import sys, numpy, scipy; print(f"Python {sys.version.split()[0]}\nscipy {scipy.__version__}\nnumpy {numpy.__version__}")'
} > versions.txt
cat versions.txt
