"""Makes the libraries of a program importable as an installation would: `.pth` files in their directory take effect."""

import os
import site

if directory := os.environ.get("BENCH_LIBRARIES"):
    site.addsitedir(directory)
