"""Files that cannot be read, each with a sentence in the reader's language."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "not_pdf": (
        "PDF 파일이 아니에요. 이력서를 PDF로 저장해서 다시 올려 주세요.",
        "This is not a PDF. Save your résumé as a PDF and try again.",
    ),
    "html": (
        "이름은 PDF지만 웹 페이지 파일이에요. 브라우저의 인쇄에서 'PDF로 저장'을 골라 다시 올려 주세요.",
        "This is a web page, not a PDF. Use your browser's Print, choose Save as PDF, and try again.",
    ),
    "word_file": (
        "워드 파일이에요. 워드의 '다른 이름으로 저장'에서 PDF를 골라 저장한 뒤 올려 주세요.",
        "This is a Word file. In Word choose Save As, pick PDF, and upload that file.",
    ),
    "hwp": (
        "한글(HWP) 파일이에요. 한글의 'PDF로 저장하기'로 저장한 뒤 올려 주세요.",
        "This is a Hangul (HWP) file. Save it as a PDF from Hangul and upload that file.",
    ),
    "empty": (
        "빈 파일이에요. 파일을 확인하고 다시 올려 주세요.",
        "This file is empty. Check the file and try again.",
    ),
    "encrypted": (
        "암호가 걸린 PDF예요. 암호를 풀고 다시 저장해서 올려 주세요.",
        "This PDF is locked with a password. Save a copy without one and try again.",
    ),
    "damaged": (
        "파일이 잘렸거나 손상돼서 열 수 없어요. PDF를 다시 만들어서 올려 주세요.",
        "This PDF is cut short or damaged and cannot be opened. Export it again and try again.",
    ),
    "not_read": (
        "저희 쪽 문제로 이 파일을 읽지 못했어요. 파일은 괜찮으니 다른 프로그램에서 PDF로 저장해서 다시 올려 주세요.",
        "Something went wrong on our side and this file was not read. Your file is fine; a copy saved from another program may work.",
    ),
    "no_pages": (
        "쪽이 하나도 없는 PDF예요. PDF를 다시 만들어서 올려 주세요.",
        "This PDF has no pages. Export it again and try again.",
    ),
    "blank": (
        "내용이 보이지 않는 PDF예요. 글자가 있는 파일인지 확인해 주세요.",
        "There is nothing to read in this PDF. Check that it shows your text.",
    ),
    "scanned_without_ocr": (
        "사진으로만 된 PDF라서 글자를 읽을 수 없어요. 문서 프로그램에서 PDF로 저장한 파일을 올려 주세요.",
        "This PDF is a picture of a page, so its text cannot be read. Upload one saved from a document editor.",
    ),
    "too_many_pages": (
        "30쪽이 넘는 PDF예요. 이력서 부분만 30쪽 이하로 저장해서 올려 주세요.",
        "This PDF has more than 30 pages. Save the résumé part alone and try again.",
    ),
    "too_large": (
        "10MB가 넘는 파일이에요. 사진 크기를 줄여 다시 저장해 주세요.",
        "This file is larger than 10 MB. Save it with smaller pictures and try again.",
    ),
    "too_complex": (
        "파일이 너무 복잡해서 정해진 시간 안에 읽지 못했어요. 더 단순한 PDF로 저장해서 올려 주세요.",
        "This PDF is too complex to read in the time allowed. Save a simpler one and try again.",
    ),
}


class RefusedFile(Exception):
    """A file that gives no résumé. `code` is one of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def message(self, language: str = "en") -> str:
        """The sentence for a reader of `language`, "ko" or "en"."""
        korean, english = MESSAGES[self.code]
        return korean if language == "ko" else english

    def __reduce__(self) -> tuple[type[RefusedFile], tuple[str]]:
        return (RefusedFile, (self.code,))
