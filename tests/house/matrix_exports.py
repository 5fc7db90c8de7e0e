"""Rows of the access matrix for taking data out: who keeps a school sees the page, leaders alone take all records out."""

from tests.house.matrix import KEEPERS, Row, page, post_only

OUT = "data/out/"

EXPORTS: list[Row] = [
    *page(OUT, "/data/out/", yes=f"{KEEPERS} wanda", no=403),
    *post_only(f"{OUT}oneroster/", "/data/out/oneroster/", 422, yes=f"{KEEPERS} wanda", no=403),
    *post_only(f"{OUT}dump/", "/data/out/dump/", 422, yes="hana dora wanda", no=403),
]
