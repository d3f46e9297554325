"""Care models compiled: the published set becomes one plan of statements, fused; or one statement per entry."""

from throughcare.definitions.compiled.fuse import compile_models, compile_unfused
from throughcare.definitions.compiled.plan import Plan

__all__ = ["Plan", "compile_models", "compile_unfused"]
