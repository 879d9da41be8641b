"""Forces an instruction set on pykmeans, and on its peers by the variables that libraries read when they are loaded.

Not everything can be forced: what a library says that it runs is kept with each measurement, and reported.
"""

import os

# What the libraries that know two widths call them: faiss (from 1.15 on, and before), OpenBLAS in every package that
# brings it along, oneMKL (on Intel's CPUs), NumPy's own loops.
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
# By the names that PYKMEANS_ISA has: what a compiler calls them.
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
    """ "avx2" or "avx512", for any library's name of an instruction set; the name itself for what is older."""
    name = name.lower()
    if name.startswith("avx512"):
        return "avx512"
    return "avx2" if name in FLAGS else KERNELS.get(name, name)


def force(name: str) -> None:
    """For this process and those that it starts. Before any library is loaded that counts: they look only once."""
    os.environ.update(VARIABLES[width(name)], PYKMEANS_ISA=name)


def of_openblas() -> dict[str, str]:
    """The kernels that every OpenBLAS in this process runs."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return {}
    kernels = {info["architecture"] for info in threadpool_info() if info["internal_api"] == "openblas"}
    return {"OpenBLAS": ", ".join(sorted(kernels))} if kernels else {}
