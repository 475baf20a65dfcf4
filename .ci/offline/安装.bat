@echo off
rem For a Windows machine without any network: double-click. The same steps as in README.md, from the folder "wheels".
rem No labels, because cmd.exe looks for them by bytes and loses its way among Chinese ones; "if errorlevel" for the like.
chcp 65001 >nul
setlocal
cd /d "%~dp0"
rem A clerk's own pip or Python settings must not lead an installation astray; indexes are beside the point here.
for %%v in (PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV PIP_FIND_LINKS PIP_CONSTRAINT) do set "%%v="
set "PIP_CONFIG_FILE=nul"
set "PIP_DISABLE_PIP_VERSION_CHECK=1"

rem Fits: 64 bits, and the wheels of this folder have files for it.
set "FITS=import glob, sys, sysconfig; sys.exit(sysconfig.get_platform() != 'win-amd64' or not glob.glob('wheels/*-cp3{}-win_amd64.whl'.format(sys.version_info[1])))"
set "PY="
for %%p in ("py -3.11" "py -3.12" "py -3.13" "py -3.14" "python") do (
    if not defined PY (
        %%~p -c "%FITS%" >nul 2>nul
        if not errorlevel 1 set "PY=%%~p"
    )
)
set "FAILED="
if not defined PY set "FAILED=找不到合适的 Python。请先安装 64 位的 Python 3.11、3.12 或 3.13,再双击本文件。"

if not defined FAILED (
    echo 正在安装,约一两分钟……
    %PY% -m venv --clear .venv
    if errorlevel 1 set "FAILED=建立虚拟环境 .venv 失败,原因见上。"
)
if not defined FAILED (
    .venv\Scripts\python -m pip install -q --no-index -f wheels --require-hashes --no-deps -r requirements.lock
    if errorlevel 1 set "FAILED=安装依赖失败,原因见上。"
)
if not defined FAILED (
    .venv\Scripts\python -m pip install -q --no-index --no-deps --no-build-isolation -e .
    if errorlevel 1 set "FAILED=安装本程序失败,原因见上。"
)
if not defined FAILED (
    .venv\Scripts\python -m pip check
    if errorlevel 1 set "FAILED=核对依赖失败,原因见上。"
)

if defined FAILED echo 错误:%FAILED%
if not defined FAILED echo 装好了,没有用网络。下一步:.venv\Scripts\portal check 检查数据,.venv\Scripts\portal build 生成网站。
pause
if defined FAILED exit /b 3
