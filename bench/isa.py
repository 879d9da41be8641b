"""Forces an instruction set on pykmeans, and on its peers by environment variables that libraries read when loaded.

Not every library can be forced, so what each says that it runs is kept with each measurement, and reported.
"""

import os

# What libraries call the two widths: faiss (1.15 or newer, and older), OpenBLAS in every package that bundles it,
# oneMKL (on Intel CPUs), NumPy's own loops.
NEWER_THAN_AVX2 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"
VARIABLES = {
    "avx2": {
        "FAISS_SIMD_LEVEL": "AVX2",
        "FAISS_OPT_LEVEL": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "NPY_DISABLE_CPU_FEATURES": NEWER_THAN_AVX2,
    },
    "avx512": {
        "FAISS_SIMD_LEVEL": "AVX512",
        "FAISS_OPT_LEVEL": "AVX512",
        "OPENBLAS_CORETYPE": "SkylakeX",
        "MKL_ENABLE_INSTRUCTIONS": "AVX512",
    },
}
# The compiler's flags for each name that PYKMEANS_ISA takes.
FLAGS = {
    "avx2": ["-mavx2", "-mfma"],
    "avxvnni": ["-mavx2", "-mfma", "-mavxvnni"],
    "avx512": ["-mfma", "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl"],
    "avx512vnni": ["-mfma", "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx512vnni"],
}
# OpenBLAS names its kernels after CPUs.
KERNELS = {
    **dict.fromkeys(["haswell", "zen"], "avx2"),
    **dict.fromkeys(["skylakex", "cooperlake", "sapphirerapids"], "avx512"),
}


def width(name: str) -> str:
    """The width, "avx2" or "avx512", of an instruction set by any library's name for it. Older ones keep their name."""
    name = name.lower()
    if name.startswith("avx512"):
        return "avx512"
    return "avx2" if name in FLAGS else KERNELS.get(name, name)


def force(name: str) -> None:
    """For this process and those that it starts. Libraries read the variables once, so none may be loaded before."""
    os.environ.update(VARIABLES[width(name)], PYKMEANS_ISA=name)


def of_openblas() -> dict[str, str]:
    """The kernels that each OpenBLAS in this process runs."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return {}
    kernels = {info["architecture"] for info in threadpool_info() if info["internal_api"] == "openblas"}
    return {"OpenBLAS": ", ".join(sorted(kernels))} if kernels else {}
