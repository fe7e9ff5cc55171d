"""How often one address may write: a bucket each, in this process's memory alone, and only so many of them."""

from __future__ import annotations

import math
from collections import OrderedDict
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Lock
from typing import Final

from geo.errors import TooBusyError

MAX_ADDRESSES: Final = 4096
#: A household gets as much of IPv6.
_HOUSEHOLD: Final = 64


class Limiter:
    """Buckets that fill slowly and are emptied by requests; addresses are forgotten as others come.

    Parameters
    ----------
    burst
        How many may come at once. Many phones of one carrier share an address: it must not be too few.
    every_s
        In how long one more may come, seconds.
    """

    def __init__(self, burst: int, every_s: float) -> None:
        self._burst = burst
        self._every_s = every_s
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, address: str, now_s: float) -> None:
        """Count a request.

        Parameters
        ----------
        address
            Whose it is, as :func:`household` gives it.
        now_s
            A clock that only goes forward, seconds.

        Raises
        ------
        TooBusyError
            There were too many; it says when to come again.
        """
        with self._lock:
            left, then_s = self._buckets.pop(address, (float(self._burst), now_s))
            left = min(float(self._burst), left + (now_s - then_s) / self._every_s)
            taken = left >= 1
            self._buckets[address] = (left - taken, now_s)
            if len(self._buckets) > MAX_ADDRESSES:
                self._buckets.popitem(last=False)
        if not taken:
            wait_s = max(1, math.ceil((1 - left) * self._every_s))
            raise TooBusyError(
                f"more than {self._burst} came from your address in a short time; try again in {wait_s} s",
                retry_after_s=wait_s,
            )


def household(peer: str | None, forwarded: str | None) -> str:
    """Return whose request it is.

    Parameters
    ----------
    peer
        The address that the connection came from.
    forwarded
        ``X-Forwarded-For``. It counts only if a program on this machine, such as a web server in front, made the
        connection, and then only its last address, which that program wrote itself: all others can be made up.

    Examples
    --------
    >>> household("203.0.113.9", "1.2.3.4"), household("127.0.0.1", "9.9.9.9, 198.51.100.7")
    ('203.0.113.9', '198.51.100.7')
    >>> household("2001:db8:1:2:3:4:5:6", None)
    '2001:db8:1:2::'
    """
    found = _address(peer)
    if found is not None and found.is_loopback and forwarded is not None:
        found = _address(forwarded.rpartition(",")[2].strip()) or found
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, _HOUSEHOLD), strict=False).network_address)
    return str(found)


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text or "")
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
