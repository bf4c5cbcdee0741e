"""Sharing an amount so that not one cent is lost."""

from collections.abc import Sequence

from preau.core.money import Cents


def share_out(total: Cents, weights: Sequence[int]) -> list[Cents]:
    """`total` split in proportion to `weights`, in whole cents whose sum is exactly `total` (largest remainder).

    The cents left over go to the largest remainders, the first of equals first. No share differs from its exact
    value by a cent or more, none is negative when `total` is not; a credit (negative total) is shared as its opposite.
    Raises ValueError on a negative weight or when no weight is positive.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError(f"weights must not be negative and one must be positive: {list(weights)}")
    if total < 0:
        return [Cents(-share) for share in share_out(Cents(-total), weights)]
    shares, remainders = zip(*(divmod(total * weight, whole) for weight in weights), strict=True)
    left_over = total - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda place: (-remainders[place], place))
    favoured = set(by_remainder[:left_over])
    return [Cents(share + (place in favoured)) for place, share in enumerate(shares)]
