#!/bin/sh
# What the Makefile calls. POSIX sh, because a fresh machine has that; one clear Chinese line for whatever is missing.
#
#   .ci/setup.sh install site|test   the environment .venv, only when something it was made from has changed
#   .ci/setup.sh site                install, build, say where the site is
#   .ci/setup.sh portal ARGS…        install, then the portal command
#   .ci/setup.sh inbox               install, then what taking in the folder 收件 would ask and change, for a forge's page
#   .ci/setup.sh test                install, system packages, every check, every test
#   .ci/setup.sh scripts             remake overrides/assets/facets.js from .ci/node/facets.mjs
#   .ci/setup.sh bundle FILE         the same into FILE, from tools that are there
#   .ci/setup.sh node                what the tests run on Node (.ci/node), only when its lock has changed
#   .ci/setup.sh bench ARGS…         install test, then bench/run.py
#   .ci/setup.sh lock                remake both lock files
#   .ci/setup.sh offline             one zip that installs on a machine without any network ("make bundle")
#
# PYTHON=… chooses another interpreter than python3; UV=… a uv that is already there for "lock". For "offline":
# PLATFORMS="win-x64 linux-x64 linux-arm64", PYTHONS="3.11 3.12 3.13", WHEELS=… a folder that has all the wheels.

set -u
unset CDPATH
cd -- "$(dirname -- "$0")/.." || exit 3
root=$(pwd -P)
venv=.venv
logs=build/log
need_mb=1500
uv_version=0.13.9
here=  # what tells pip to look only into wheels/, which "make bundle" puts beside the project
# A clerk's own pip or Python settings must not lead an installation out of .venv; an index or a proxy may stay.
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf '%s\n' "$*"; }
die() { printf '错误:%s\n' "$*" >&2; exit 3; }

open_log() {  # open_log NAME: $log is an empty file that can be written
    mkdir -p "$logs" 2>/dev/null && (: >"$logs/$1.log") 2>/dev/null \
        || die "这里不可写:$root/$logs。请检查文件夹的所有者和权限。"
    log=$logs/$1.log
}

# --- the environment --------------------------------------------------------------------------------------------------

inputs() {  # inputs KIND: everything that .venv is made from, as text; the stamp is a copy of it, so time plays no part
    "$venv/bin/python" -c 'import sys; print(sys.version, sys.prefix)' 2>/dev/null || return 1
    sed '/^\[tool\./,$d' pyproject.toml  # what follows only configures tools
    cat requirements.lock
    if [ "$1" = test ]; then cat requirements-test.lock; fi
}

is_current() { [ -f "$venv/stamp-$1" ] && inputs "$1" | cmp -s - "$venv/stamp-$1"; }

check_python() {
    python=${PYTHON:-python3}
    command -v "$python" >/dev/null 2>&1 \
        || die "找不到 $python。请先安装 Python 3.11 或更高版本(Debian:sudo apt-get install python3 python3-venv)。"
    version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)
    [ -n "$version" ] || version=$("$python" --version 2>&1 | head -n 1)
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
        || die "Python 版本太低:$python 是 ${version:-未知版本},需要 3.11 或更高。另装了新版时可用:make site PYTHON=python3.12"
    "$python" -c 'import venv, ensurepip' 2>/dev/null \
        || die "这个 Python 缺少 venv 模块。请运行:sudo apt-get install -y python3-venv"
}

check_disk() {  # what .venv already holds need not be found again
    free=$(df -Pk . 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    held=$(du -sk "$venv" 2>/dev/null | awk '{ print int($1 / 1024) }')
    need_mb=$((need_mb - ${held:-0}))
    [ -z "$free" ] || [ "$free" -ge "$need_mb" ] \
        || die "磁盘空间不够:$root 所在分区还有 $free MB,安装依赖需要 $need_mb MB。请先清理磁盘。"
}

explain() {  # explain WHAT: one line for what a log of pip or apt says, most telling cause first
    if grep -qiE 'no space left|disk quota' "$log"; then why="磁盘(或临时文件夹)已满,请先清理。"
    elif grep -qiE 'permission denied|read-only file system' "$log"; then why="没有写入权限,请检查文件夹的所有者和权限。"
    elif grep -qiE 'connection|name resolution|timed out|timeout|proxy|ssl|network is unreachable|max retries|could not resolve|failed to fetch' "$log"
    then
        why="连不上网络,请检查网络或代理。"
        [ "$log" = "$logs/packages.log" ] || why="${why}也可把环境变量 PIP_INDEX_URL 设为就近的 PyPI 镜像后再试。"
    elif grep -qi 'do not match the hashes' "$log"; then
        why="下载的文件与锁文件的校验和不符,没有安装。请换一个镜像再试。"
        [ -z "$here" ] || why="wheels/ 里的文件与锁文件的校验和不符,没有安装。请重新拷贝、解压安装包。"
    elif grep -qi 'no matching distribution' "$log"; then
        why="软件源里没有锁定的版本,或没有适合本机的文件。"
        [ -z "$here" ] || why="wheels/ 里没有适合本机的文件,要什么样的电脑和 Python 见 docs/handbook/offline.md。"
    else why="原因见日志。"
    fi
    die "$1失败:$why完整日志:$log"
}

usable_venv() {  # works, is new enough, and was made for this very folder (its scripts name it)
    "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
        && "$venv/bin/python" -m pip --version >/dev/null 2>&1 \
        && sed 2q "$venv/bin/pip" 2>/dev/null | grep -qF "$root/$venv/bin/python"
}

make_venv() {
    # Broken, half made or moved here from elsewhere: made anew. Never a folder that is not a virtual environment.
    if [ -e "$venv" ] || [ -L "$venv" ]; then
        [ -f "$venv/pyvenv.cfg" ] || [ -L "$venv" ] || [ -z "$(ls -A "$venv" 2>/dev/null)" ] \
            || die "$root/$venv 已存在,但不是 Python 虚拟环境。请先移走它。"
        rm -rf "$venv" 2>>"$log" || die "删不掉旧的 $root/$venv。请检查文件夹的所有者和权限。"
    fi
    "$python" -m venv "$venv" >>"$log" 2>&1 || explain "建立虚拟环境 .venv "
}

install() {  # install site|test
    if is_current "$1"; then return; fi
    case $1 in
        site) lock=requirements.lock; stamps=site ;;
        test) lock=requirements-test.lock; stamps="site test" ;;  # holds all of requirements.lock as well
        *) die "没有这样的依赖组:$1" ;;
    esac
    open_log install
    fresh=
    usable_venv || { fresh=1; check_python; }
    check_disk
    say "正在安装依赖($lock,首次约一两分钟)…"
    [ -z "$fresh" ] || make_venv
    if [ "$1" = site ] && [ -d wheels ]; then  # what pip's own settings say of indexes is beside the point then
        here="--no-index -f wheels"
        export PIP_CONFIG_FILE=/dev/null
        unset PIP_FIND_LINKS PIP_CONSTRAINT
    fi
    # --no-deps: the lock is whole, and pip would look for the newest "coverage[toml]" beside the one that is locked.
    # shellcheck disable=SC2086  # words on purpose
    "$venv/bin/python" -m pip install $here --require-hashes --no-deps -r "$lock" >>"$log" 2>&1 || explain "安装依赖"
    "$venv/bin/python" -m pip install --no-index --no-deps --no-build-isolation -e . >>"$log" 2>&1 || explain "安装本程序"
    "$venv/bin/python" -m pip check >>"$log" 2>&1 || explain "核对依赖"
    for stamp in $stamps; do
        inputs "$stamp" >"$venv/stamp-$stamp.new" && mv "$venv/stamp-$stamp.new" "$venv/stamp-$stamp" \
            || die "写不了 $root/$venv/stamp-$stamp。"
    done
}

# --- what the tests run on Node --------------------------------------------------------------------------------------

tools=.ci/node

node_tools() {  # .ci/node/node_modules as its lock says; the stamp is a copy of the lock
    if cmp -s "$tools/package-lock.json" "$tools/node_modules/stamp"; then return; fi
    open_log node
    say "正在安装测试用的 Node 工具($tools/package-lock.json)…"
    # No scripts of packages run: what they would fetch is in optional packages of the lock, or not needed.
    npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund >>"$log" 2>&1 || explain "安装 Node 工具"
    cp "$tools/package-lock.json" "$tools/node_modules/stamp" || die "写不了 $root/$tools/node_modules/stamp。"
}

bundle() {  # bundle FILE: what overrides/assets/facets.js is made by; the same bytes each time
    # Safari before 14.1 has one fault in destructuring (array rest from an array literal), which a test looks for.
    "$tools/node_modules/.bin/esbuild" "$tools/facets.mjs" --bundle --minify --format=iife --charset=utf8 \
        --target=chrome86,safari13 --supported:destructuring=true --legal-comments=inline \
        --banner:js="/* Made by \"make scripts\" from .ci/node/facets.mjs. TanStack Table and Store, MIT: licences.txt. */" \
        --log-level=warning --outfile="$1"
}

scripts() {
    node_tools
    bundle overrides/assets/facets.js || die "重做 overrides/assets/facets.js 没有成功。"
    say "已重做 overrides/assets/facets.js。"
}

# --- for machines without a network -----------------------------------------------------------------------------------

platforms="win-x64 linux-x64 linux-arm64"
pythons="3.11 3.12 3.13"

tags() {  # tags PLATFORM: what pip calls it; of two wheels the one for the older glibc, down from that of Debian 10
    case $1 in
        win-x64) say "--platform win_amd64"; return ;;
        linux-x64) machine=x86_64 ;;
        linux-arm64) machine=aarch64 ;;
        *) die "没有这样的平台:$1。有:$platforms" ;;
    esac
    minor=5
    while [ "$minor" -le 28 ]; do
        say "--platform manylinux_2_${minor}_$machine"
        [ "$minor" != 17 ] || say "--platform manylinux2014_$machine"
        minor=$((minor + 1))
    done
}

offline() {  # build/minsheng-portal-VERSION.zip; named after what it is for when that is not everything
    git cat-file -e HEAD:./requirements.lock 2>/dev/null || die "打包要用 git 里提交过的文件,这里不是 git 克隆,或没有 git。"
    if usable_venv; then python=$venv/bin/python; else check_python; fi
    "$python" -m pip --version >/dev/null 2>&1 || die "$python 没有 pip。请先运行 make site。"
    open_log offline
    work=build/offline
    top=minsheng-portal-$(git show HEAD:./generator/__init__.py | sed -n 's/^__version__ = "\(.*\)"/\1/p')
    zip=build/$top${PLATFORMS:+-$(say "$PLATFORMS" | tr ' ' -)}${PYTHONS:+-py$(say "$PYTHONS" | tr ' ' -)}.zip
    [ -z "$(git status --porcelain --untracked-files=no .)" ] || say "提醒:有没提交的改动。包里只有提交过的。"
    # Afresh each time, so that no wheel of an older lock stays; pip keeps what it downloads in a cache of its own.
    { rm -rf "$work" && mkdir -p "$work/wheels" && git show HEAD:./requirements.lock >"$work/requirements.lock"; } 2>>"$log" \
        || die "这里不可写:$root/$work。请检查文件夹的所有者和权限。"
    for platform in ${PLATFORMS:-$platforms}; do
        named=$(tags "$platform") || exit 3
        for version in ${PYTHONS:-$pythons}; do
            say "正在下载:$platform,Python $version…"
            # shellcheck disable=SC2086  # words on purpose
            "$python" -m pip download ${WHEELS:+--no-index -f "$WHEELS"} --require-hashes --no-deps --only-binary=:all: \
                -r "$work/requirements.lock" --implementation cp --python-version "$version" \
                --abi "cp$(say "$version" | tr -d .)" $named -d "$work/wheels" >>"$log" 2>&1 \
                || explain "下载 $platform、Python $version 的依赖"
        done
    done
    say "正在打包…"
    digest=$("$python" .ci/offline/pack.py "$top" "$work/wheels" "$zip" 2>>"$log") || explain "打包"
    rm -rf "$work"
    say "安装包在 $root/$zip($(($(wc -c <"$zip") / 1000000)) MB)。怎样安装见 docs/handbook/offline.md。"
    say "SHA-256:$digest"
}

# --- Debian packages that the tests need ------------------------------------------------------------------------------

has_package() {
    command -v dpkg-query >/dev/null 2>&1 || return 0  # not Debian: whoever runs the tests there knows their fonts
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

system_packages() {
    missing=
    command -v chromium-headless-shell >/dev/null 2>&1 || missing="chromium-headless-shell"
    has_package fonts-noto-cjk || missing="${missing:+$missing }fonts-noto-cjk"
    command -v node >/dev/null 2>&1 || missing="${missing:+$missing }nodejs"
    command -v npm >/dev/null 2>&1 || missing="${missing:+$missing }npm"
    command -v java >/dev/null 2>&1 || missing="${missing:+$missing }default-jre-headless"
    command -v soffice >/dev/null 2>&1 || missing="${missing:+$missing }libreoffice-calc"
    [ -n "$missing" ] || return 0
    command="apt-get install -y --no-install-recommends $missing"
    command -v apt-get >/dev/null 2>&1 || die "测试还需要:$missing。请用本机的软件包管理器安装后再试。"
    if [ "$(id -u)" = 0 ]; then as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"
    else die "测试还需要系统软件包,请运行:sudo apt-get update && sudo $command"
    fi
    open_log packages
    say "正在安装系统软件包($missing)…"
    # shellcheck disable=SC2086  # words on purpose
    { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive $command; } >>"$log" 2>&1 \
        || explain "安装系统软件包 $missing "
}

# --- the gate ---------------------------------------------------------------------------------------------------------

failed=
step() {  # step NAME LOG COMMAND…: quiet when it passes, everything when it does not
    name=$1; open_log "$2"; shift 2
    if "$@" >"$log" 2>&1; then say "通过  $name"; return; fi
    cat "$log"
    say "未过  $name(日志:$log)"
    failed="${failed:+$failed、}$name"
}

shown_step() {  # the same, showing its output as it comes (sh has no pipefail: the status goes through a file)
    name=$1; open_log "$2"; shift 2
    { "$@" 2>&1; echo $? >"$log.status"; } | tee "$log"
    status=$(cat "$log.status"); rm -f "$log.status"
    if [ "$status" = 0 ]; then say "通过  $name"; return; fi
    say "未过  $name(日志:$log)"
    failed="${failed:+$failed、}$name"
}

gate() {
    usable_venv || check_python
    system_packages
    install test
    node_tools
    begun=$(date +%s)
    bin=$venv/bin
    step "代码检查(ruff check)" ruff "$bin/ruff" check .
    step "代码格式(ruff format)" format "$bin/ruff" format --check .
    step "类型(mypy --strict)" mypy "$bin/mypy" --strict generator
    step "导入方向(import-linter)" imports "$bin/lint-imports"
    shown_step "测试与覆盖率(pytest)" pytest "$bin/python" -m pytest -n 2 --dist worksteal --cov --cov-report=term-missing:skip-covered
    took=$(($(date +%s) - begun))
    [ -z "$failed" ] || die "没有通过:$failed。用时 $took 秒,日志在 $logs/。"
    say "全部通过:代码检查、格式、类型、导入方向、测试与覆盖率。用时 $took 秒。"
}

# --- commands ---------------------------------------------------------------------------------------------------------

portal() { install site; "$venv/bin/portal" "$@"; }

inbox() {  # the report, and the same on the page of the run; indented, since cells may hold any mark that ends a block
    install site
    open_log inbox
    "$venv/bin/portal" import 收件 --look >"$log" 2>&1
    status=$?
    cat "$log"
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
        if [ $status = 0 ]; then said="可以收"; else said="现在还收不了,或要先改"; fi
        { say "## 收件:$said"; say; sed 's/^/    /' "$log"; } >>"$GITHUB_STEP_SUMMARY"
    fi
    return $status
}

site() {
    portal build
    status=$?
    case $status in
        0) say "网站在 $root/site/。查看:运行 make preview,或用浏览器打开 $root/site/index.html" ;;
        1) say "网站没有生成,原因见上。改好数据后再运行 make site。" >&2 ;;
        *) say "网站没有生成(退出码 $status),原因见上;详情可运行:$venv/bin/portal build --debug" >&2 ;;
    esac
    return $status
}

lock() {  # versions that are locked stay unless pyproject.toml asks otherwise; UPGRADE=1 looks for newer ones
    open_log lock
    uv=${UV:-}
    if [ -z "$uv" ]; then
        uv=build/uv/bin/uv
        if [ "$("$uv" --version 2>/dev/null | cut -d ' ' -f 2)" != "$uv_version" ]; then
            check_python
            { "$python" -m venv --clear build/uv && build/uv/bin/pip install "uv==$uv_version"; } >>"$log" 2>&1 \
                || explain "安装 uv "
        fi
    fi
    compile requirements.lock
    compile requirements-test.lock --extra test -c requirements.lock
    say "已重做 requirements.lock 与 requirements-test.lock。请看 git diff,并运行 make test。"
}

compile() {  # compile FILE ARGS…: by way of a copy, so that a failure leaves the old lock as it was
    file=$1; shift
    cp "$file" "$file.new" 2>/dev/null || : >"$file.new"
    # "fewest": one version of each package for every Python, or the same data would not give the same bytes.
    "$uv" pip compile pyproject.toml --group build --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet ${UPGRADE:+--upgrade} \
        "$@" --output-file "$file.new" >>"$log" 2>&1 || { rm -f "$file.new"; explain "重做 $file "; }
    { say '# Made by "make lock" from pyproject.toml; not to be edited.'; cat "$file.new"; } >"$file" && rm -f "$file.new"
}

case ${1:-} in
    install) shift; install "$@" ;;
    site) site ;;
    portal) shift; portal "$@" ;;
    inbox) inbox ;;
    test) gate ;;
    node) node_tools ;;
    scripts) scripts ;;
    bundle) shift; bundle "$@" ;;
    bench) shift; install test; "$venv/bin/python" bench/run.py "$@" ;;
    lock) lock ;;
    offline) offline ;;
    *) die "用法:.ci/setup.sh install site|test、site、portal …、inbox、test、scripts、bundle FILE、node、bench …、lock、offline" ;;
esac
