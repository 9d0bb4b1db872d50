"""What git tracks and a program does not need to be built or to run: its tests, the sources of its documentation, its
samples. Nothing of it goes unless somebody consents to the kind of it."""

from __future__ import annotations

from typing import Final

from .row import DOCS, SAMPLES, TESTS, JunkRow

ROWS: Final = (
    JunkRow(
        paths="__tests__ __mocks__ __snapshots__ testdata cypress e2e playwright",
        kind="dir",
        level="b",
        group=TESTS,
        consent="tests",
        everywhere=True,
        tracked=True,
        why="tests",
        unless="a command runs them, or a manifest or a source names them",
        content="no-package",
        hits=("src/__tests__!/a.test.ts", "internal/testdata!/a.json"),
        misses=("tests!/a", "src/main/java/e2e!/A.java"),
    ),
    JunkRow(
        paths="tests test spec specs integration-tests integration_tests test-data test_data test-fixtures tests-e2e",
        kind="dir",
        level="c",
        group=TESTS,
        consent="tests",
        tracked=True,
        content="tests",
        why="tests",
        unless="a command runs them, or a manifest or a source names them",
        hits=("tests!/a.test.ts package.json", "app/tests!/test_a.py", "src/test!/java/ATest.java pom.xml"),
        misses=("spec!/openapi.yaml", "src/main/java/test!/A.java", "app/test!/server.py"),
    ),
    JunkRow(
        paths="*_test.go *.test.ts *.test.tsx *.test.js *.test.jsx *.test.mjs *.test.mts *.test.cjs *.spec.ts "
        "*.spec.tsx *.spec.js *.spec.jsx *.spec.mjs *.cy.ts *.cy.js *.cy.tsx",
        kind="file",
        level="b",
        group=TESTS,
        consent="tests",
        everywhere=True,
        tracked=True,
        why="tests",
        unless="a command runs them, or a manifest names them",
        hits=("a/b_test.go!", "src/a.spec.ts!"),
        misses=("test.ts!", "a/test.go!"),
    ),
    JunkRow(
        paths="docs doc documentation website",
        kind="dir",
        level="c",
        group=DOCS,
        consent="docs",
        tracked=True,
        content="prose",
        why="documentation",
        unless="a command makes pages of it, or a command, a manifest or a source names it",
        hits=("docs!/a.md docs/b.png", "docs!/a.md docs/conf.py", "website!/docs/a.md website/package.json"),
        misses=("docs!/package.json", "docs!/server.py", "src/docs!/a.md"),
    ),
    JunkRow(
        paths="examples example samples demo demos benchmarks benchmark benches .storybook",
        kind="dir",
        level="c",
        group=SAMPLES,
        consent="samples",
        tracked=True,
        content="component",
        why="samples",
        unless="a command runs them, or a manifest, a workspace or a source names them",
        hits=("examples!/a.py", "web/package.json web/.storybook!/main.ts"),
        misses=("src/examples!/a.ts",),
    ),
    JunkRow(
        paths="*.stories.ts *.stories.tsx *.stories.js *.stories.jsx *.stories.mdx *.stories.svelte *.stories.vue",
        kind="file",
        level="b",
        group=SAMPLES,
        consent="samples",
        everywhere=True,
        tracked=True,
        why="samples",
        unless="a command builds a storybook",
        hits=("src/a.stories.tsx!",),
        misses=("stories.ts!",),
    ),
)
