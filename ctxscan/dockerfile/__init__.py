"""A Dockerfile as the builder works it off: stages, steps, variables; what each step reads, and from where.

    words  ->  instructions  ->  arguments  ->  stages  ->  resolver

`stages.parse` gives the stages as they are written, `resolver.resolve` what a build with a target, build arguments and
named contexts makes of them. Both follow BuildKit, also in what they refuse and how they say so. No file is touched:
whether a source exists, where a link leads and what is sent is for `context`.

Source: section 6 of `docs/semantics.md`, and BuildKit's behavior where that is silent.
"""
