# usage: get-pythons DIRECTORY VERSION...
#
# Unpacks Debian's optimised CPython builds, with headers, venv and test suite, below DIRECTORY.
# Nothing is installed into the system and no root rights are needed. The packages and everything they depend
# on, the C library included, come from Debian's unstable suite at the mirror that the host itself uses; they
# are unpacked into DIRECTORY/image, and the executables are pointed at the libraries there.
# Environment: DEBIAN_MIRROR overrides the mirror, DEBIAN_SUITE the suite.
set -euo pipefail

fail() { echo "get-pythons: $*" >&2; exit 1; }

directory=$1; shift
for tool in apt-get dpkg dpkg-deb sed; do
  command -v "$tool" >/dev/null || fail "$tool is missing: Debian's Python can only be unpacked on Debian or a relative"
done
architecture=$(dpkg --print-architecture)
case $architecture in
  amd64) triplet=x86_64-linux-gnu; loader=ld-linux-x86-64.so.2 ;;
  arm64) triplet=aarch64-linux-gnu; loader=ld-linux-aarch64.so.1 ;;
  *) fail "no known loader name for the architecture $architecture" ;;
esac
suite=${DEBIAN_SUITE:-sid}

mkdir -p "$directory"; directory=$(cd "$directory" && pwd -P)
image=$directory/image; apt=$directory/apt; packages=$directory/packages
mkdir -p "$apt/lists/partial" "$packages/partial" "$image"/usr/{bin,sbin,lib,lib64}
for name in bin sbin lib lib64; do [ -e "$image/$name" ] || ln -s "usr/$name" "$image/$name"; done
# DIRECTORY looks like a prefix, so that DIRECTORY/bin/pythonX.Y finds its library beside it.
for name in bin lib include share; do ln -sfn "image/usr/$name" "$directory/$name"; done

# The versions asked for now and before: the image holds all of them at one state of the suite.
versions=$(printf '%s\n' "$@" $(cat "$directory/versions" 2>/dev/null || true) | sort -u)

mirror=${DEBIAN_MIRROR:-}
if [ -z "$mirror" ]; then
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -nE 's#^(URIs:|deb( \[[^]]*\])?)[[:space:]]+([a-z+]+:[^[:space:]]*/debian/?)([[:space:]].*)?$#\3#p' | head -n 1) || true
fi
[ -n "$mirror" ] || fail "the apt sources name no Debian archive; set DEBIAN_MIRROR to one"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keyring" ] || keyring=/usr/share/keyrings/debian-archive-keyring.pgp
[ -e "$keyring" ] || fail "the key ring of the Debian archive is missing: install debian-archive-keyring"

echo "deb [signed-by=$keyring] $mirror $suite main" > "$apt/sources.list"
: > "$apt/status"
cat > "$apt/apt.conf" <<CONF
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$apt/lists";
Dir::State::Status "$apt/status";
Dir::Cache::Archives "$packages";
Dir::Cache::PkgCache "";
Dir::Cache::SrcPkgCache "";
Debug::NoLocking "true";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
get() { apt-get -c="$apt/apt.conf" -qq -y "$@"; }

wanted="libstdc++6 patchelf"
for version in $versions; do
  wanted="$wanted python$version python$version-dev python$version-venv libpython$version-testsuite"
done
echo "get-pythons: reading the package lists of $suite at $mirror" >&2
get update >&2 || fail "the package lists of $suite cannot be read from $mirror"
# The status file and the download directory given here are empty, so the answer is the whole closure.
mkdir -p "$apt/empty/partial"
get --print-uris -o Dir::Cache::Archives="$apt/empty" install $wanted | sed -nE "s/^'[^']*' ([^ ]+\.deb) ([0-9]+) .*/\1 \2/p" > "$apt/closure"
[ -s "$apt/closure" ] || fail "$suite at $mirror does not offer: $wanted"
echo "get-pythons: downloading $(wc -l < "$apt/closure") packages" \
  "($(awk '{ n += $2 } END { printf "%d", n / 1000000 }' "$apt/closure") MB)" >&2
get --download-only -o Dpkg::Use-Pty=0 install $wanted >/dev/null || fail "a package could not be downloaded from $mirror"

# Headers of another C library must never reach the host's compiler; the others are of no use at run time.
unneeded='^(libc6-dev|libc-dev-bin|linux-libc-dev|libcrypt-dev|libc-gconv-modules-extra|debconf|openssl|ca-certificates|net-tools|perl-base|rpcsvc-proto)_'
fresh=
while read -r package _; do
  [[ $package =~ $unneeded ]] && continue
  [ -e "$directory/unpacked/$package" ] && continue
  mkdir -p "$directory/unpacked"; rm -f "$directory/unpacked/${package%%_*}"_*
  dpkg-deb -x "$packages/$package" "$image"
  : > "$directory/unpacked/$package"; fresh=yes
done < "$apt/closure"

library=$image/usr/lib/$triplet
for place in "$image/usr/lib64" "$library" "$image/usr/lib"; do [ -e "$place/$loader" ] && break; done
[ -e "$place/$loader" ] || fail "the C library's loader $loader is not in the unpacked packages"
# patchelf is Debian's own too, and is started through the unpacked loader.
patchelf() { "$place/$loader" --library-path "$library" "$image/usr/bin/patchelf" "$@"; }

# Rewrites the /usr that was recorded when Debian built the package.
relocate() {
  [ -f "$1" ] || return 0
  ! grep -q "$image" "$1" || return 0
  sed -i -E "s#(^|[^A-Za-z0-9_./-]|-I|-L)/usr(/(lib|include|bin|share|local|sbin)|['\" ]|\$)#\1$image/usr\2#g" "$1"
}

for version in $versions; do
  python=$image/usr/bin/python$version
  if [ "$(patchelf --print-interpreter "$python")" != "$place/$loader" ]; then
    # In two steps: patchelf 0.18 breaks the executable when it does both at once.
    patchelf --force-rpath --set-rpath "$library:$image/usr/lib" "$python"
    patchelf --set-interpreter "$place/$loader" "$python"
  fi
  standard=$image/usr/lib/python$version
  for file in "$standard"/_sysconfigdata_*.py "$standard"/_sysconfig_vars_*.json "$standard"/config-"$version"-*/Makefile \
              "$standard"/build-details.json "$library"/pkgconfig/python-"$version"*.pc "$image/usr/bin/$triplet-python$version-config"; do
    relocate "$file"
  done
  # Debian's pyconfig.h includes <triplet/pythonX.Y/pyconfig.h>; with the real one in place a single -I is enough.
  real=$image/usr/include/$triplet/python$version/pyconfig.h
  [ ! -f "$real" ] || cp "$real" "$image/usr/include/python$version/pyconfig.h"
  rm -f "$standard/EXTERNALLY-MANAGED"
  if [ -n "$fresh" ] || [ ! -e "$directory/unpacked/compiled-$version" ]; then
    # Debian byte-compiles at installation; without it every start of another user is slow.
    "$python" -m compileall -q -j 2 -x '/(test|tests|idlelib|site-packages|turtledemo)/' "$standard" >/dev/null || true
    : > "$directory/unpacked/compiled-$version"
  fi
  "$python" -c 'import ctypes, ssl, platform; print("get-pythons: unpacked", platform.python_version())' >&2 ||
    fail "the unpacked python$version does not start"
done
printf '%s\n' $versions > "$directory/versions"
