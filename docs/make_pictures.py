"""Make the pictures of the README from the package itself: ``python docs/make_pictures.py``.

Needs matplotlib, and scikit-learn for its data (china.jpg is by danielbuechele on Flickr, CC BY 2.0).
"""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from sklearn.datasets import load_iris, load_sample_image, load_wine

from pykmeans import KMeans, plot, segment_image, select_k

PICTURES = Path(__file__).parent / "pictures"


def save(display: Any, name: str, dpi: int = 100) -> None:
    """Write a picture, in a small file."""
    options = {"optimize": True}
    display.figure_.savefig(PICTURES / name, dpi=dpi, metadata={"Software": None}, pil_kwargs=options)


def main() -> None:
    """Draw clusters, criteria for k, the steps of a fit and a photograph in few colors."""
    mpl.use("Agg")
    wine = load_wine(as_frame=True).data
    scaled = (wine - wine.mean()) / wine.std()
    selection = select_k(
        scaled, criteria=("elbow", "silhouette", "calinski_harabasz", "davies_bouldin"), random_state=0
    )
    save(selection.plot(), "wine-k.png")

    petals = load_iris(as_frame=True).data[["petal length (cm)", "petal width (cm)"]]
    save(plot.clusters(KMeans(3, random_state=0).fit(petals), petals, regions=True), "iris-clusters.png")
    kmeans = KMeans(3, init="random", n_init=1, random_state=4, record_steps=True).fit(petals)
    save(plot.steps(kmeans, petals), "iris-steps.png")

    middle = load_sample_image("china.jpg")[60:380:2, :480:2]  # every second pixel: their colors stay as they are
    save(segment_image(middle, 16, space="rgb", random_state=0).plot(), "china-16.png", dpi=60)


if __name__ == "__main__":
    main()
