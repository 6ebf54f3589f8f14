"""Downloads and unpacks a package's source from the Python package index, without building it: sdist.py NAME VERSION FOLDER.

`pip download` would run the package's own build system for its metadata, and neither package builds with today's numpy.
"""

import html
import io
import re
import sys
import tarfile
import urllib.parse
import urllib.request
import zipfile

from pip._internal.models.index import PyPI


def read(url):
    with urllib.request.urlopen(url, timeout=180) as answer:
        return answer.read()


def main(name, version, folder):
    page = urllib.parse.urljoin(PyPI.simple_url + "/", name.lower() + "/")
    wanted = re.compile(rf"/{name}-{re.escape(version)}\.(tar\.gz|zip)#", re.IGNORECASE)
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', read(page).decode())]
    link = next((link for link in links if wanted.search(link)), None)
    if link is None:
        sys.exit(f"{name} {version} has no source package in the index")
    data = io.BytesIO(read(urllib.parse.urljoin(page, link)))
    if ".zip#" in link:
        zipfile.ZipFile(data).extractall(folder)
    else:
        tarfile.open(fileobj=data).extractall(folder, filter="data")


main(*sys.argv[1:])
