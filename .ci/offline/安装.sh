#!/bin/sh
# For a Linux machine without any network: sh 安装.sh. PYTHON=… chooses the interpreter.

unset CDPATH
cd -- "$(dirname -- "$0")" || exit 3
# Fits: the wheels of this folder have files for it, on this processor.
fits='import glob, platform, sys
sys.exit(not glob.glob("wheels/*-cp3%d-manylinux*%s.whl" % (sys.version_info[1], platform.machine())))'
found=
for python in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
    if "$python" -c "$fits" 2>/dev/null; then found=$python; break; fi
done
if [ -z "$found" ]; then
    fit=$(find wheels -name "*_$(uname -m).whl" | sed -n 's/.*-cp3\([0-9]*\)-manylinux.*/3.\1/p' | sort -u | tr '\n' ' ')
    printf '错误:找不到合适的 Python。本机是 %s,安装包里有它的 Python 版本:%s。装好其中一个再试;装在别处时:%s\n' \
        "$(uname -sm)" "${fit:-没有}" "PYTHON=/路径/python3.11 sh 安装.sh" >&2
    exit 3
fi
PYTHON=$found sh .ci/setup.sh install site || exit
printf '%s\n' "装好了,没有用网络。下一步:.venv/bin/portal check 检查数据,.venv/bin/portal build 生成网站。"
