#!/bin/sh
# Makes the project's own Python environment from the hash-pinned lock: environment.sh PYTHON VENV
set -eu
python=$1
venv=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "需要 Python 3.11 或更新：'$python' 不合适。可以指定：make PYTHON=/usr/bin/python3.11 run" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "正在安装 python3-venv ..." >&2
        if ! said=$(apt-get update -qq 2>&1 &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv 2>&1); then
            echo "安装没有成功：apt-get install python3-venv" >&2
            echo "$said" >&2
            exit 1
        fi
    else
        # All that a bare Debian lacks, so that one line is enough.
        echo "缺少 python3-venv。请运行：sudo apt-get update && sudo apt-get install -y --no-install-recommends python3-venv chromium fonts-noto-cjk fontconfig libatomic1" >&2
        exit 1
    fi
fi
echo "正在准备 Python 环境（第一次要一两分钟）..." >&2
"$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
