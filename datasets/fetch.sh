#!/bin/sh
# Fetches the public CDNOW purchase log into datasets/cdnow and writes a project file for it.
# Needs python3 with pip. Asks nothing.
set -eu
cd "$(dirname "$0")"

# The log is part of the Python package lifetimes; the version and the file's digest are fixed.
version=0.11.3
digest=eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$scratch" "lifetimes==$version"
python3 - "$scratch" <<'PYTHON'
import glob, sys, zipfile
folder = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(folder + "/*.whl")[0])
open(folder + "/cdnow.txt", "wb").write(wheel.read("lifetimes/datasets/CDNOW_master.txt"))
PYTHON
found=$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$scratch/cdnow.txt")
if [ "$found" != "$digest" ]; then
  echo "datasets/fetch.sh: the file has digest $found, expected $digest; nothing written" >&2
  exit 1
fi
mkdir -p cdnow
mv "$scratch/cdnow.txt" cdnow/CDNOW_master.txt
cat > cdnow/rekindle.yaml <<'YAML'
# CDNOW: 23,570 customers who first bought in the first quarter of 1997.
rekindle: 1
time_zone: UTC
currency: USD
sources:
  orders:
    file: CDNOW_master.txt
    format: whitespace
    kind: purchase
    customer: customer_id
    time: {column: date, format: "%Y%m%d"}
    value: dollar_value
    attributes:
      quantity: {column: number_of_cds, type: number}
features:
  sets: [retail]
churn:
  activity: purchase
  horizon: 90d
  eligible: count(purchase, last 365d) >= 1
YAML
echo "datasets/cdnow: $(($(wc -l < cdnow/CDNOW_master.txt) - 1)) rows" >&2
