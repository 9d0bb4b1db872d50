"""What any working tree may hold: history, editors, operating systems, logs, private settings, project files."""

from __future__ import annotations

from typing import Final

from .row import CACHES, DATA, HISTORY, PERSONAL, PRIVATE, PROJECT, STATE, JunkRow

ROWS: Final = (
    # --- history
    JunkRow(
        paths=".git",
        kind="dir",
        level="b",
        group=HISTORY,
        inside="HEAD",
        why="git history",
        unless="something reads it: a version tool, a command of the build",
        hits=(".git!/HEAD .git/objects/x",),
        misses=(".git!/notes.txt",),
    ),
    JunkRow(
        paths=".git",
        kind="file",
        level="b",
        group=HISTORY,
        content="gitdir",
        why="link to git history elsewhere",
        unless="something reads the version from it",
        hits=(".git!=gitdir:",),
        misses=(".git!=hello",),
    ),
    JunkRow(
        paths=".hg .svn .bzr .jj .sl",
        kind="dir",
        level="a",
        group=HISTORY,
        why="version control data",
        hits=(".hg!/store/x", ".jj!/repo/x"),
        misses=("hg!/x",),
    ),
    # --- operating systems
    JunkRow(
        paths=".DS_Store",
        kind="file",
        level="a",
        group=PERSONAL,
        everywhere=True,
        why="Finder settings",
        hits=("a/.DS_Store!",),
        misses=("a/DS_Store!",),
    ),
    JunkRow(
        paths="Thumbs.db ehthumbs.db desktop.ini Desktop.ini",
        kind="file",
        level="a",
        group=PERSONAL,
        why="Explorer settings",
        hits=("Thumbs.db!",),
        misses=("thumbs.dbx!",),
    ),
    JunkRow(
        paths="._*",
        kind="file",
        level="a",
        group=PERSONAL,
        content="apple-double",
        why="macOS resource fork",
        everywhere=True,
        hits=("a/._b!=\x00\x05\x16\x07",),
        misses=("_b!", "._a!=text"),
    ),
    JunkRow(
        paths=".Spotlight-V100 .Trashes .fseventsd .AppleDouble __MACOSX .Trash-*",
        kind="dir",
        level="a",
        group=PERSONAL,
        why="file manager data",
        hits=("__MACOSX!/._a",),
        misses=("MACOSX!/a",),
    ),
    JunkRow(
        paths=".nfs*",
        kind="file",
        level="a",
        group=PERSONAL,
        why="file that a network file system keeps open",
        hits=(".nfs000000001!",),
        misses=("nfs000!",),
    ),
    # --- editors
    JunkRow(
        paths=".idea",
        kind="dir",
        level="a",
        group=PERSONAL,
        everywhere=True,
        tracked=True,
        why="JetBrains settings",
        hits=(".idea!/workspace.xml",),
        misses=("idea!/x",),
    ),
    JunkRow(
        paths=".vscode .vscode-test",
        kind="dir",
        level="a",
        group=PERSONAL,
        tracked=True,
        why="VS Code settings",
        hits=(".vscode!/settings.json",),
        misses=("vscode!/x",),
    ),
    JunkRow(
        paths=".vs .fleet .zed .history .cursor .windsurf .claude .aider.tags.cache.v3 .aider.tags.cache.v4 .continue "
        ".codeium .settings .metals .bloop .ionide .elixir_ls .lexical .nova .helix .sublime-workspace .ccls-cache "
        ".clangd .obsidian .theia .eclipse .komodo .nb-gradle nbproject/private .ensime_cache",
        kind="dir",
        level="a",
        group=PERSONAL,
        why="editor settings and indexes",
        hits=(".vs!/x.suo", ".metals!/db"),
        misses=("vs!/x",),
    ),
    JunkRow(
        paths=".worktrees",
        kind="dir",
        level="a",
        group=PERSONAL,
        why="other working trees of the repository",
        hits=(".worktrees!/fix/.git",),
        misses=("worktrees!/x",),
    ),
    JunkRow(
        paths="*.swp *.swo *.swn .*.sw? *~ .netrwhist .#* #*#",
        kind="file",
        level="b",
        group=PERSONAL,
        content="editor-copy",
        why="copy that an editor keeps",
        hits=("a/.b.c.swp!", "a/b.c~!"),
        misses=("a/b.sw!",),
    ),
    JunkRow(
        paths="*.code-workspace *.sublime-workspace *.iml *.ipr *.iws",
        kind="file",
        level="b",
        group=PERSONAL,
        why="editor project",
        hits=("x.code-workspace!", "x.iml!"),
        misses=("x.workspace!",),
    ),
    JunkRow(
        paths=".project .classpath .cproject .factorypath .buildpath .tags TAGS GTAGS GRTAGS GPATH "
        ".aider.chat.history.md "
        ".aider.input.history .swiftpm-index .byebug_history .irb_history .pry_history .python_history .bash_history "
        ".zsh_history .node_repl_history .lesshst .viminfo .psql_history .mysql_history .sqlite_history "
        ".rediscli_history",
        kind="file",
        level="b",
        group=PERSONAL,
        why="editor or shell history",
        private=True,
        hits=(".byebug_history!", ".classpath!"),
        misses=("history!",),
    ),
    # --- logs and state
    JunkRow(
        paths="*.log *.log.[0-9] *.log.[0-9][0-9] *.log.gz *.log.*.gz npm-debug.log* yarn-error.log* yarn-debug.log* "
        ".pnpm-debug.log* lerna-debug.log* hs_err_pid*.log replay_pid*.log",
        kind="file",
        level="b",
        group=STATE,
        everywhere=True,
        why="log",
        unless="a fixture that git tracks",
        hits=("server.log!", "a/app.log.1!", "npm-debug.log.123!"),
        misses=("catalog!", "src/log.ts!"),
    ),
    JunkRow(
        paths="logs log",
        kind="dir",
        level="c",
        group=STATE,
        why="run-time logs",
        only="*.log *.log.* *.log-* *.out *.err *.txt *.gz *.jsonl",
        inside="*.log *.log.* *.log-*",
        unless="source directories of that name",
        hits=("logs!/a.log logs/b.log.1",),
        misses=("log!/log.go", "logs!/index.ts logs/a.log"),
    ),
    JunkRow(
        paths="*.pid *.pid.lock *.sock RUNNING_PID .nrepl-port *.retry",
        kind="file",
        level="b",
        group=STATE,
        why="state of a running process",
        hits=("tmp/server.pid!",),
        misses=("pid!",),
    ),
    JunkRow(
        paths="nohup.out core core.[0-9]* *.core *.stackdump *.hprof *.heapsnapshot *.cpuprofile *.heapprofile "
        "vgcore.* perf.data perf.data.old *.prof *.pprof callgrind.out.* massif.out.* isolate-*.log flamegraph.svg",
        kind="file",
        level="c",
        group=STATE,
        why="dump or profile of a process",
        content="dump",
        hits=("java_pid1.hprof!",),
        misses=("src/core!=text",),
    ),
    JunkRow(
        paths="tmp temp .tmp .temp",
        kind="dir",
        level="c",
        group=STATE,
        content="no-code",
        why="temporary files",
        unless="source directories of that name, and directories that an instruction copies",
        hits=("tmp!/upload.bin",),
        misses=("src/tmp!/index.ts",),
    ),
    JunkRow(
        paths="*.bak *.orig *.rej *.tmp *.temp *.old",
        kind="file",
        level="c",
        group=STATE,
        why="left over copy",
        hits=("a.orig!",),
        misses=("orig!",),
    ),
    # --- private settings: the name and that git ignores them are enough; `secrets` reads what is in them
    JunkRow(
        paths=".env .env.local .env.*.local .env.local.php .env.bak .env.backup .env.old .env.save .env.orig",
        kind="file",
        level="c",
        group=PRIVATE,
        private=True,
        why="settings of this machine, secrets perhaps",
        unless="a COPY names it, a command reads it, or git tracks it",
        hits=(".env!", "a/.env.local!", ".env.production.local!"),
        misses=(".env.example!", ".env.test!"),
    ),
    JunkRow(
        paths=".env.dev .env.development .env.stage .env.staging .env.test .env.testing .env.prod .env.production "
        ".env.qa .env.docker "
        "*.env env.local *.decrypt.private.php key.properties secrets.yml secrets.yaml secrets.json local_settings.py "
        "appsettings.local.json appsettings.Local.json appsettings.*.local.json appsettings.*.Local.json "
        ".streamlit/secrets.toml application-local.yml application-local.yaml application-local.properties "
        "wp-config.php",
        kind="file",
        level="c",
        group=PRIVATE,
        why="settings of this machine, secrets perhaps",
        unless="a build reads it, or git does not ignore it",
        hits=("a/.env.production!", "prod.env!"),
        misses=(".env.example!",),
    ),
    JunkRow(
        paths=".envrc .envrc.local .direnv-token .netrc _netrc .pgpass .my.cnf .htpasswd .vault_pass .vault_password "
        ".vault-token .pypirc .dockercfg .git-credentials .s3cfg .boto",
        kind="file",
        level="c",
        group=PRIVATE,
        private=True,
        why="settings of this machine, secrets perhaps",
        hits=(".netrc!", ".envrc!"),
        misses=("netrc!",),
    ),
    JunkRow(
        paths=".direnv .devenv .vagrant .aws .ssh .gnupg .kube .docker/buildx .azure .gcloud .terraform.d",
        kind="dir",
        level="c",
        group=PRIVATE,
        private=True,
        why="settings of this machine, secrets perhaps",
        hits=(".vagrant!/machines/x",),
        misses=("vagrant!/x",),
    ),
    JunkRow(
        paths="master.key credentials/*.key",
        kind="file",
        level="c",
        group=PRIVATE,
        private=True,
        above="Gemfile config.ru",
        why="key of encrypted credentials",
        hits=("Gemfile config/master.key!", "Gemfile config/credentials/production.key!"),
        misses=("config/master.key!",),
    ),
    JunkRow(
        paths="*account*.json *credential*.json *gcp*.json *google*.json *firebase*.json *key*.json sa.json *-sa.json",
        kind="file",
        level="c",
        group=PRIVATE,
        private=True,
        content="service-account",
        why="key of a cloud account",
        hits=('gcp.json!={"type":"service_account","private_key":"x"}',),
        misses=('gcp.json!={"type":"x"}',),
    ),
    JunkRow(
        paths="id_rsa id_dsa id_ecdsa id_ed25519 *.pem *.key *.ppk",
        kind="file",
        level="c",
        group=PRIVATE,
        private=True,
        content="private-key",
        why="private key",
        hits=("id_rsa!=-----BEGIN·OPENSSH·PRIVATE·KEY-----",),
        misses=("ca.pem!=-----BEGIN·CERTIFICATE-----",),
    ),
    JunkRow(
        paths="*.p12 *.pfx *.jks *.keystore *.kdbx",
        kind="file",
        level="c",
        group=PRIVATE,
        private=True,
        why="key store",
        hits=("keystore.p12!",),
        misses=("p12!",),
    ),
    # --- data
    JunkRow(
        paths="pgdata pg_data pg-data *postgres* db *db-data *db_data dbdata database data",
        kind="dir",
        level="b",
        group=STATE,
        inside="PG_VERSION",
        tracked=True,
        why="files of a database server",
        unless="a COPY names them",
        hits=("docker/pgdata!/PG_VERSION",),
        misses=("docker/data!/cities.csv", "docker/data/PG_VERSION! docker/data/x"),
    ),
    JunkRow(
        paths="*mysql* *mariadb* *mongo* db *db-data *db_data dbdata database data",
        kind="dir",
        level="b",
        group=STATE,
        inside="ibdata1 WiredTiger.wt",
        tracked=True,
        why="files of a database server",
        unless="a COPY names them",
        hits=("mysql_data!/ibdata1", "data!/WiredTiger.wt"),
        misses=("mongo!/init.js",),
    ),
    JunkRow(
        paths="*.sql *.sql.gz *.sql.zst *.dump *.dmp *.pgdump *.bson *.rdb dump.tar",
        kind="file",
        level="c",
        group=DATA,
        content="large",
        why="database dump",
        unless="init scripts, migrations, fixtures",
        hits=("prod.sql.gz!*",),
        misses=("init.sql!",),
    ),
    JunkRow(
        paths="*.sqlite *.sqlite3 *.db *.sqlite-journal *.sqlite-wal *.sqlite-shm *.sqlite3-journal *.sqlite3-wal "
        "*.sqlite3-shm *.db-journal *.db-wal *.db-shm",
        kind="file",
        level="c",
        group=STATE,
        content="database",
        why="local database",
        hits=("db.sqlite3!=SQLite·format·3", "a.db-wal!"),
        misses=("a.db!=text",),
    ),
    JunkRow(
        paths="*.iso *.img *.dmg *.vmdk *.vdi *.qcow2 *.ova *.mp4 *.mov *.avi *.mkv *.psd *.7z *.rar *.tar *.tar.gz "
        "*.tgz "
        "*.tar.xz *.tar.zst *.tar.bz2 *.zip *.parquet *.h5 *.hdf5",
        kind="file",
        level="c",
        group=DATA,
        content="large",
        why="large file that git ignores",
        unless="anything copies or unpacks it",
        hits=("backup.tar.gz!*",),
        misses=("small.zip!",),
    ),
    # --- continuous integration and project files: tracked, and read by no build
    JunkRow(
        paths=".github .circleci .buildkite .woodpecker .gitlab .gitea .forgejo .devcontainer .husky/_ .changeset .tx "
        ".teamcity "
        ".semaphore .drone .azuredevops .azure-pipelines .codesandbox .gitpod .stackblitz .claude .codex .agents "
        ".cursor .gemini .windsurf .taskmaster .kiro .roo .trae .serena .specify .bmad-core "
        ".openapi-generator .swagger-codegen",
        kind="dir",
        level="b",
        group=PROJECT,
        tracked=True,
        why="not read by a build",
        unless="a COPY or a command names it",
        hits=(".github!/workflows/ci.yml", ".agents!/skills/a.md"),
        misses=("github!/x", "agents!/a.md"),
    ),
    JunkRow(
        paths=".gitlab-ci.yml .gitlab-ci.yaml .travis.yml appveyor.yml .appveyor.yml azure-pipelines.yml Jenkinsfile "
        ".drone.yml .woodpecker.yml bitbucket-pipelines.yml .pre-commit-config.yaml renovate.json renovate.json5 "
        ".renovaterc .renovaterc.json codecov.yml .codecov.yml .coveralls.yml .codeclimate.yml "
        "sonar-project.properties "
        ".git-blame-ignore-revs .mailmap .all-contributorsrc .gitpod.yml .sourcery.yaml .deepsource.toml .lgtm.yml "
        "dependabot.yml .mergify.yml .cirrus.yml skaffold.yaml Tiltfile Vagrantfile CHANGELOG.md CHANGES.md HISTORY.md "
        "Changelog.md changelog.md History.md contributing.md Contributing.md .styleci.yml .helmignore "
        ".golangci.yml .golangci.yaml .golangci.toml .goreleaser.yml .goreleaser.yaml .goreleaser.*.yml "
        ".goreleaser.*.yaml .hadolint.yaml .hadolint.yml .yamllint .yamllint.yml .yamllint.yaml .markdownlint.json "
        ".markdownlint.yaml .markdownlint.yml .cspell.json cspell.json .codespellrc .typos.toml _typos.toml typos.toml "
        ".release-please-manifest.json release-please-config.json .gitleaks.toml .spectral.yaml .licenserc.yaml "
        "AGENTS.md CLAUDE.md GEMINI.md .cursorrules .windsurfrules ROADMAP.md UPGRADING.md CHANGELOG-*.md "
        "CODE_OF_CONDUCT.md CODE-OF-CONDUCT.md CONTRIBUTING.md SECURITY.md CODEOWNERS SUPPORT.md GOVERNANCE.md "
        "MAINTAINERS.md lefthook.yml .lefthook.yml crowdin.yml .grype.yaml .trivyignore .oxlintrc.json "
        ".lintstagedrc .lintstagedrc.json .lintstagedrc.js .lintstagedrc.mjs lint-staged.config.js "
        "lint-staged.config.mjs commitlint.config.js commitlint.config.mjs commitlint.config.ts .commitlintrc.json "
        ".commitlintrc.js .commitlintrc.yml .shellcheckrc .pylintrc .flake8 .jshintrc .stylelintignore .prettierignore "
        ".sonarcloud.properties .dependabot .dockleignore .checkov.yml .checkov.yaml .nvimrc .vimrc .coveragerc "
        "_ide_helper.php _ide_helper_models.php .phpstorm.meta.php .coderabbit.yaml .coderabbit.yml cliff.toml "
        "Jenkinsfile.* Jenkinsfile_* netlify.toml OWNERS OWNERS_ALIASES CITATION.cff RELEASE.md RELEASING.md "
        "ADOPTERS.md .rubocop.yml .rubocop_todo.yml phpstan.neon phpstan.neon.dist phpstan.dist.neon "
        "phpstan-baseline.neon .php-cs-fixer.php .php-cs-fixer.dist.php .php_cs .php_cs.dist clippy.toml .clippy.toml "
        "deny.toml .prettierrc .prettierrc.json .prettierrc.yml .prettierrc.yaml .prettierrc.js .prettierrc.cjs "
        ".prettierrc.mjs prettier.config.js prettier.config.mjs prettier.config.cjs .eslintrc .eslintrc.js "
        ".eslintrc.cjs .eslintrc.json .eslintrc.yml .eslintrc.yaml .eslintignore eslint.config.js eslint.config.mjs "
        "eslint.config.cjs eslint.config.ts .stylelintrc .stylelintrc.json .stylelintrc.js .stylelintrc.cjs "
        ".stylelintrc.yml .stylelintrc.yaml stylelint.config.js stylelint.config.mjs stylelint.config.cjs "
        "ruff.toml .ruff.toml pyrefly.toml mypy.ini .mypy.ini pyrightconfig.json .isort.cfg .style.yapf .envrc "
        ".bumpversion.cfg .bumpversion.toml .nycrc .nycrc.json .jscpd.json .dclintrc .dclintrc.yaml lychee.toml "
        "flake.nix flake.lock shell.nix",
        kind="file",
        level="b",
        group=PROJECT,
        tracked=True,
        why="not read by a build",
        unless="a manifest, a COPY or a command names it",
        hits=(".gitlab-ci.yml!", "CONTRIBUTING.md!", ".eslintrc.cjs!", "flake.lock!"),
        misses=("README.md!", "LICENSE!", "eslint.js!"),
    ),
    JunkRow(
        paths="Properties/launchSettings.json",
        kind="file",
        level="b",
        group=PROJECT,
        tracked=True,
        why="how developers start it, not read by a build",
        unless="a COPY names it, or a command starts the project itself",
        hits=("src/Api/Properties/launchSettings.json!",),
        misses=("launchSettings.json!", "src/Api/Properties/AssemblyInfo.cs!"),
    ),
    JunkRow(
        paths="README.md README.rst README.adoc README.txt README.*.md README-*.md README_*.md Readme.md readme.md",
        kind="file",
        level="b",
        group=PROJECT,
        tracked=True,
        content="in-root",
        why="not read by a build",
        unless="a manifest, a COPY, a source file or a command names it",
        hits=("README.md!", "README.de.md!"),
        misses=("LICENSE!", "src/README.md!", "README!"),
    ),
    JunkRow(
        paths="Dockerfile dockerfile Dockerfile.* Dockerfile-* Dockerfile_* *.dockerfile *.Dockerfile Containerfile "
        "Containerfile.* .dockerignore .containerignore",
        kind="file",
        level="b",
        group=PROJECT,
        tracked=True,
        content="builder-file",
        why="read by the builder itself, not in the build",
        unless="a COPY or a command names it",
        hits=(
            "Dockerfile!",
            "Dockerfile.dev!",
            ".dockerignore!",
            "src/a/Dockerfile! src/a/package.json",
            "docker/Dockerfile!",
            "Dockerfile_amd!",
            "docker/dockerfile!",
            "Dockerfile-dev!",
        ),
        misses=(
            "Dockerfile.sh!",
            "Dockerfile.rego!",
            "Dockerfile-export.sh!",
            "Dockerfile_template!",
            "templates/a/Dockerfile!",
            "image-templates/Dockerfile!",
        ),
    ),
    JunkRow(
        paths="manifests manifest k8s kubernetes kube helm chart charts deploy deployment deployments kustomize "
        "terraform .k8s .helm openshift argocd gitops helm-* helm_* k8s-* k8s_* kubernetes-* infra infrastructure",
        kind="dir",
        level="b",
        group=PROJECT,
        tracked=True,
        content="deployment",
        why="settings of a cluster, not read by a build",
        unless="a COPY, a command, a manifest or a source names it",
        hits=(
            "k8s!/a.yaml=apiVersion:·v1,kind:·Pod",
            "charts!/a/Chart.yaml",
            "package.json deploy!/main.tf",
            "chart!/Chart.yaml chart/charts/b-1.0.0.tgz chart/icon.png",
            "helm_deploy!/app/Chart.yaml helm_deploy/app/values.yaml",
            "manifests!/kustomization.yaml manifests/base/generate.sh",
        ),
        misses=(
            "charts!/a.ts",
            "deploy!/a.sh",
            "src/charts!/a.yaml",
            "deploy!/a.yaml=apiVersion:·v1,kind:·Pod deploy/start.sh",
        ),
    ),
    JunkRow(
        paths="config crds",
        kind="dir",
        level="b",
        group=PROJECT,
        tracked=True,
        content="cluster",
        why="settings of a cluster, not read by a build",
        unless="a COPY, a command, a manifest or a source names it",
        hits=("config!/crds/a.yaml=apiVersion:·v1,kind:·Pod config/crds/kustomization.yaml go.mod",),
        misses=(
            "config!/a.yaml=port:·80 config/b/kustomization.yaml go.mod",
            "config!/a.yaml=apiVersion:·v1,kind:·Pod config/a.json go.mod",
            "config!/kustomization.yaml config/routes.rb",
        ),
    ),
    JunkRow(
        paths="*.po",
        kind="file",
        level="b",
        group=PROJECT,
        everywhere=True,
        tracked=True,
        content="translated",
        why="translation that the file beside it is made of",
        unless="a command compiles it, or a COPY, a manifest or a source names it",
        hits=("locale/de/LC_MESSAGES/django.po! locale/de/LC_MESSAGES/django.mo",),
        misses=("locale/de/LC_MESSAGES/django.po!", "locale/de/a.po! locale/de/b.mo"),
    ),
    JunkRow(
        paths="package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb",
        kind="file",
        level="b",
        group=PROJECT,
        beside="composer.json manage.py",
        tracked=True,
        content="of-node",
        why="packages of Node.js, which the image has no use for",
        unless="a command may run a program of Node.js, or a COPY, a manifest or a source names it",
        hits=("composer.json yarn.lock!", "manage.py package-lock.json!"),
        misses=("yarn.lock!", "package.json package-lock.json!"),
    ),
    JunkRow(
        paths="fly.toml fly.*.toml .reviewdog.yml .trufflehog",
        kind="file",
        level="b",
        group=PROJECT,
        tracked=True,
        why="not read by a build",
        unless="a manifest, a COPY or a command names it",
        hits=("fly.toml!", "a/fly.staging.toml!"),
        misses=("a.toml!",),
    ),
    JunkRow(
        paths=".gitattributes .gitignore .editorconfig",
        kind="file",
        level="b",
        group=PROJECT,
        tracked=True,
        content="in-root",
        why="not read by a build",
        unless="a command names it, or calls a program that reads it by itself",
        hits=(".gitattributes!", ".gitignore!", ".editorconfig!"),
        misses=("a/.gitattributes!", "a/.gitignore!"),
    ),
    JunkRow(
        paths="compose.yml compose.yaml compose.*.yml compose.*.yaml docker-compose.yml docker-compose.yaml "
        "docker-compose.*.yml docker-compose.*.yaml docker-compose-*.yml docker-compose-*.yaml docker-bake.hcl "
        "docker-bake.json",
        kind="file",
        level="b",
        group=PROJECT,
        tracked=True,
        content="no-template",
        why="read by the builder itself, not in the build",
        unless="a COPY names it, or it is a template",
        hits=("docker-compose.dev.yml!",),
        misses=("composer.json!", "templates/compose.yml!"),
    ),
    # --- caches that say what they are
    JunkRow(
        paths="*",
        kind="dir",
        level="b",
        group=CACHES,
        inside="CACHEDIR.TAG",
        content="cachedir-tag",
        why="cache (CACHEDIR.TAG)",
        hits=("x!/CACHEDIR.TAG=Signature:·8a477f597d28d172789f06886806bc55",),
        misses=("x!/CACHEDIR.TAG=no",),
    ),
    JunkRow(
        paths=".cache .ccache .sccache",
        kind="dir",
        level="a",
        group=CACHES,
        everywhere=True,
        why="cache",
        hits=(".cache!/a",),
        misses=("cache!/a",),
    ),
)
