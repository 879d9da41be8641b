"""How far above the best known inertia fits end, and what they take: ``python -m bench.optima`` prints tables."""
