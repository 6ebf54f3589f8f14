#!/usr/bin/env bash
# Installs and compiles every peer of the benchmarks into bench/peers/build (not committed). Needs a Debian-like system, or gcc, g++,
# gfortran, Boost's headers and Python 3.11+ with venv already there. Run again at will: what exists is kept.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p build

missing() { ! command -v "$1" > /dev/null; }
if missing gfortran || missing g++ || [ ! -e /usr/include/boost/numeric/odeint.hpp ] || ! python3 -c 'import ensurepip, venv' 2> /dev/null; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get install -y -q gcc g++ gfortran libboost-dev python3-venv
fi

if [ ! -x build/venv/bin/python ]; then
  python3 -m venv build/venv
  build/venv/bin/pip install -q scipy==1.17.1 numpy==2.4.6
fi
[ -d node_modules ] || npm ci --silent --no-audit --no-fund

# Hairer's dopri5 and dop853 are in scipy's source package; radau5 and ODEPACK are in Assimulo's
[ -d build/scipy-1.10.1 ] || build/venv/bin/python sdist.py scipy 1.10.1 build
[ -d build/Assimulo-3.0 ] || build/venv/bin/python sdist.py Assimulo 3.0 build

cc_flags="-O3 -march=native"
cd build
gcc $cc_flags -c ../problems.c -o problems.o
dop=scipy-1.10.1/scipy/integrate/dop
stiff=Assimulo-3.0/assimulo/thirdparty
for source in $dop/dopri5.f $dop/dop853.f $stiff/hairer/radau_decsol.f $stiff/odepack/opkdmain.f $stiff/odepack/opkda1.f $stiff/odepack/opkda2.f; do
  gfortran $cc_flags -std=legacy -w -c "$source" -o "$(basename "$source" .f).o"
done
gcc $cc_flags -c ../hairer.c -o hairer.o
gfortran hairer.o problems.o dopri5.o dop853.o radau_decsol.o opkdmain.o opkda1.o opkda2.o -lm -o hairer
for precision in "double f64" "float f32"; do
  read -r real suffix <<< "$precision"
  gcc $cc_flags -DREAL=$real -DSUFFIX=$suffix ../rk45.c problems.o -lm -o rk45_$suffix
  g++ $cc_flags -DREAL=$real -DSUFFIX=$suffix ../boost.cpp problems.o -o boost_$suffix
done
{
  gcc --version | head -1
  gfortran --version | head -1
  sed -n 's/#define BOOST_LIB_VERSION "\(.*\)"/Boost \1/p' /usr/include/boost/version.hpp
  venv/bin/python -c 'import sys, numpy, scipy; print(f"Python {sys.version.split()[0]}\nscipy {scipy.__version__}\nnumpy {numpy.__version__}")'
} > versions.txt
cat versions.txt
