"""Addresses: only a site's, and a place's in it that a browser leaves alone."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ParameterError
from geo.posters.links import landing, read_site_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://yizhan.example.cn", "https://yizhan.example.cn"),
        ("https://yizhan.example.cn/", "https://yizhan.example.cn"),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000"),  # an intranet
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://example.cn/union/yizhan/", "https://example.cn/union/yizhan"),  # behind a path
    ],
)
def test_a_site(text: str, url: str) -> None:
    assert read_site_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "", "yizhan.example.cn", "//yizhan.example.cn", "ftp://yizhan.example.cn", "javascript:alert(1)",
        "https://", "https://user:word@yizhan.example.cn", "https://yizhan.example.cn@evil.example",
        "https://yizhan.example.cn?x=1", "https://yizhan.example.cn#x", "https://yizhan.example.cn/a b",
        "https://yizhan.example.cn/../x", "https://驿站.example", "https://yizhan.example.cn:99999",
        "https://yizhan.example.cn:x", "https://yizhan.example.cn\n", "https://a" + "a" * 200 + ".cn",
        "https://-a.cn", "https://a.cn/<script>", "https://[::1", "https:///a",
    ],
)  # fmt: skip
def test_no_site(text: str) -> None:
    with pytest.raises(ParameterError, match="public address"):
        read_site_url(text)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=100))
def test_any_id_comes_back_whole(place_id: str) -> None:
    """A browser joins the path to the site as here; what comes out must still name the place."""
    parts = urlsplit(urljoin("https://a.cn/x", landing(place_id)))

    assert (parts.netloc, parts.fragment) == ("a.cn", "")
    if parts.query:
        assert (parts.path, unquote(parts.query.removeprefix("place="))) == ("/at", place_id)
    else:
        assert unquote(parts.path.removeprefix("/at/")) == place_id
        assert parts.path.count("/") == 2
