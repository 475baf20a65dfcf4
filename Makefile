# Thin on purpose: what needs thought is in .ci/setup.sh and in the portal command itself.
# Each target's line in "make help" is the comment behind it.

SETUP = sh .ci/setup.sh

.PHONY: help site test preview check bench lock scripts bundle clean

help: ## 列出这些命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "  make %-9s %s\n", $$1, $$2 }' Makefile

site: ## 安装依赖(只在锁文件变了时),生成网站到 site/
	@$(SETUP) site

test: ## 安装测试所需,运行全部检查与测试(CI 运行的就是它)
	@$(SETUP) test

preview: ## 在本机预览网站,数据一改就重新生成
	@$(SETUP) portal preview

check: ## 只检查数据,一次列出全部问题,不写任何文件
	@$(SETUP) portal check

bench: ## 测速:与直接运行 mkdocs 相比
	@$(SETUP) bench

lock: ## 按 pyproject.toml 重做两个锁文件(UPGRADE=1 时升级)
	@$(SETUP) lock

scripts: ## 由 .ci/node/facets.mjs 重做 overrides/assets/facets.js
	@$(SETUP) scripts

bundle: ## 打一个在没有网络的电脑上安装的包到 build/
	@$(SETUP) offline

clean: ## 删去 build/、site/ 和各种缓存(.venv 留着)
	@rm -rf build site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	@find generator tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
