"""Unpacks those members of a wheel or an npm tarball whose names begin with one of the given prefixes.

Command: python3 unpack.py ARCHIVE FOLDER PREFIX...
"""

import sys
import tarfile
import zipfile

archive, folder, *prefixes = sys.argv[1:]


def wanted(name):
    return name.startswith(tuple(prefixes)) and ".." not in name.split("/")


if zipfile.is_zipfile(archive):
    with zipfile.ZipFile(archive) as members:
        names = [name for name in members.namelist() if wanted(name)]
        members.extractall(folder, names)
else:
    with tarfile.open(archive) as members:
        found = [member for member in members if member.isfile() and wanted(member.name)]
        names = [member.name for member in found]
        members.extractall(folder, found)

for prefix in prefixes:
    if not any(name.startswith(prefix) for name in names):
        sys.exit(f"{archive} holds nothing below {prefix}")
