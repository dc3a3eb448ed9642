"""Makes the blank forms of the notices, `python -m reports.blanks`: each once for Word and once for the browser.

The words of a form stand here once; what is filled in stands in double braces. A school that wants other
words changes the Word file itself and puts it into its home, see `reports/forms.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

BLANKS = Path(__file__).parent / "templates" / "notices"

_RED = RGBColor(0xC0, 0x1C, 0x1C)
_DATE = "　　　年　　月　　日"
_FACTS = (
    ("平台", "{{ platform }}"),
    ("账号名称", "{{ account }}"),
    ("主页", "{{ link }}"),
    ("最近更新", "{{ newest }}"),
    ("起算日", "{{ since }}"),
    ("看到的日期", "{{ nights }}"),
)
_RECORD = (*_FACTS, ("办理经过", "{{ history }}"), ("证据", "{{ evidence }}"))


@dataclass(frozen=True, slots=True)
class Blank:
    """One form: `facts` are filled in by the program, `fill` by hand, `last` ends the page under the stamp."""

    title: str
    to: str
    body: tuple[str, ...]
    signed: str
    facts: tuple[tuple[str, str], ...] = _RECORD
    fill: tuple[tuple[str, str], ...] = ()
    last: str = ""


FORMS: dict[str, Blank] = {
    "notice": Blank(
        "新媒体账号整改通知书",
        "{{ unit }}",
        (
            "经巡检，{{ whose }}{{ platform }}账号“{{ account }}”存在下列情况：{{ why }}",
            "依据：{{ basis }}",
            "请{{ deadline }}完成整改。不再使用的账号，请按规定注销并报备。已经处理，或者情况与实际不符的，"
            "请填写《新媒体账号核查反馈表》并交回。",
        ),
        "发文部门（盖章）",
        last=f"签收人（签字）：　　　　　　　　签收日期：{_DATE}",
    ),
    "circular": Blank(
        "关于新媒体账号未按期整改的通报",
        "各单位",
        (
            "{{ unit }}的{{ platform }}账号“{{ account }}”存在下列情况：{{ why }}",
            "整改通知的期限已满，上述情况仍未改正。依据：{{ basis }}",
            "现予通报。请该单位{{ deadline }}改正；不再使用的账号，请按规定注销并报备。",
        ),
        "发文部门（盖章）",
    ),
    "closure": Blank(
        "新媒体账号关停建议书",
        "学校网络平台主管部门",
        (
            "{{ unit }}的{{ platform }}账号“{{ account }}”存在下列情况：{{ why }}",
            "已发整改通知并予通报，通报后的期限已满，上述情况仍未改正。依据：{{ basis }}",
            "建议关停该账号。是否关停由学校决定，本建议书不代表已经作出决定。",
        ),
        "建议部门（盖章）",
        last=f"主管部门意见：　　　　　　　　　　　　　{_DATE}",
    ),
    "feedback": Blank(
        "新媒体账号核查反馈表",
        "{{ unit }}",
        (
            "请核实{{ whose }}{{ platform }}账号“{{ account }}”的下列情况，如实填写并盖章交回：{{ why }}",
            "所涉规定：{{ basis }}",
            "本表只用于核实情况，不作为通报依据。",
        ),
        "填表单位（盖章）",
        facts=_FACTS,
        fill=(
            ("核查结果", "☐ 情况属实　☐ 情况不符　☐ 已经改正　☐ 不是本单位的账号"),
            ("实际最近更新", f"日期：{_DATE}　　内容标题或链接："),
            ("情况说明", "　"),
            ("整改措施和完成日期", "　"),
            ("填表人（签字）", "　"),
            ("负责人（签字）", "　"),
        ),
    ),
}


# ── for Word ────────────────────────────────────────────────────────────────────────────────────


def word(blank: Blank) -> Document:
    """The form as a Word document on A4, with the margins of an official paper."""
    paper = docx.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(25)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    paper.core_properties.author, paper.core_properties.title = "", blank.title
    _said(paper.add_paragraph(), "{{ school }}", "宋体", 22, ALIGN.CENTER, bold=True, red=True)
    _ruled(_said(paper.add_paragraph(), "编号：{{ number }}", "仿宋", 12, ALIGN.CENTER))
    title = _said(paper.add_paragraph(), blank.title, "宋体", 20, ALIGN.CENTER, bold=True)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(14), Pt(10)
    _said(paper.add_paragraph(), f"{blank.to}：", "仿宋", 14)
    for text in blank.body:
        said = _said(paper.add_paragraph(), text, "仿宋", 14)
        said.paragraph_format.first_line_indent = Pt(28)
    _tabled(paper, blank)
    _pictured(paper, blank)
    for text in (blank.signed, _DATE):
        said = _said(paper.add_paragraph(), text, "仿宋", 14, ALIGN.RIGHT)
        said.paragraph_format.space_before = Pt(16)
    if blank.last:
        _said(paper.add_paragraph(), blank.last, "仿宋", 12).paragraph_format.space_before = Pt(20)
    return paper


def _said(
    paragraph: Paragraph,
    text: str,
    font: str,
    size: int,
    align: ALIGN = ALIGN.LEFT,
    *,
    bold: bool = False,
    red: bool = False,
) -> Paragraph:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if red:
        run.font.color.rgb = _RED
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(4)
    return paragraph


def _ruled(paragraph: Paragraph) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", str(_RED))):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _tabled(paper: Document, blank: Blank) -> None:
    table = paper.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for label, text in (*blank.facts, *blank.fill):
        row = table.add_row()
        if (label, text) in blank.fill:
            row.height = Mm(13)
        _celled(row.cells[0], label, Mm(34), "黑体", 11)
        # A hash is to stand on one line.
        _celled(row.cells[1], text, Mm(122), "仿宋", 9 if label == "证据" else 11)


def _pictured(paper: Document, blank: Blank) -> None:
    if blank.facts is not _RECORD:
        return
    for text in ("{%p if picture %}", "{{ picture }}", "{{ caption }}", "{%p endif %}"):
        said = _said(paper.add_paragraph(), text, "仿宋", 9, ALIGN.CENTER)
        said.paragraph_format.keep_with_next = text == "{{ picture }}"


def _celled(cell: _Cell, text: str, width: Mm, font: str, size: int) -> None:
    cell.width = width
    _said(cell.paragraphs[0], text, font, size).paragraph_format.space_after = Pt(2)


# ── for the browser ─────────────────────────────────────────────────────────────────────────────


def web(blank: Blank) -> str:
    """The form as a template for the browser."""
    return "\n".join(_web(blank)) + "\n"


def _web(blank: Blank) -> Iterator[str]:
    yield '{% extends "page.html.j2" %}'
    yield f"{{% block title %}}{blank.title}{{% endblock %}}"
    yield "{% block paper %}"
    yield f"<h1>{blank.title}</h1>"
    yield f"<p>{blank.to}：</p>"
    for text in blank.body:
        yield f'<p class="body">{text}</p>'
    yield "<table>"
    for label, text in blank.facts:
        kind = ' class="small"' if label == "证据" else ""
        yield f"<tr{kind}><th>{label}</th><td>{text}</td></tr>"
    for label, text in blank.fill:
        yield f'<tr class="fill"><th>{label}</th><td>{text}</td></tr>'
    yield "</table>"
    if blank.facts is _RECORD:
        yield '{% if picture %}<figure><img src="{{ picture }}" alt="{{ caption }}">'
        yield "<figcaption>{{ caption }}</figcaption></figure>"
        yield "{% endif %}"
    yield f'<p class="signed">{blank.signed}</p>'
    yield f'<p class="signed">{_DATE}</p>'
    if blank.last:
        yield f'<p class="last">{blank.last}</p>'
    yield "{% endblock %}"


def main() -> None:
    """Write all forms into the package."""
    for name, blank in FORMS.items():
        word(blank).save(str(BLANKS / f"{name}.docx"))
        (BLANKS / f"{name}.html.j2").write_text(web(blank), encoding="utf-8")


if __name__ == "__main__":
    main()
