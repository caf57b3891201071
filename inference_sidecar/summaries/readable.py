"""Which sentences of a source may stand alone, as far as their words tell for certain.

What is left out here is no whole sentence, leans on the one before it, is boilerplate in
so many words, or talks to whoever, or whatever, makes a summary of it. Whether the others
are about the company and worth a reader's time is for the judge (``sentence_judge.py``).
"""

from __future__ import annotations

import re

from inference_sidecar.summaries.sentences import Sentence, is_korean_note

ENGLISH_WORDS = (4, 60)
ENGLISH_CHARACTERS_MAX = 500
KOREAN_CHARACTERS = (12, 300)
MATERIAL_CHARACTERS = (10, 2000)

_WHO = (
    r"(?:language models?|llms?|ai (?:models?|assistants?|systems?|agents?)|chatbots?|bots?"
    r"|crawlers?|summari[sz]ers?|(?:automated|machine) (?:readers?|systems?)|assistants?)"
)
_WRITE = (
    r"(?:say|state|write|mention|claim|conclude|include|recommend|praise|rate|rank|list|describe"
    r"|summari[sz]e|quote|output|respond|repeat|answer|call|give)"
)
_SAID = r"(?:말|써|쓰|적|답|요약|평가|소개|출력|작성|표현|추천|칭찬|언급|분류)"
_BID = r"(?:세요|십시오|시오|주세요|하라|해라|할\s*것|적을\s*것|바랍니다|바란다|해야|합니다|한다)"
# What speaks to the maker of a summary is no statement about a company.
_TO_THE_READER = re.compile(
    r"^\W*(?:system|assistant|user|developer|instructions?|prompt)\s*:"
    r"|\b(?:ignore|disregard|forget|override)\b[^.!?]{0,60}"
    r"\b(?:instructions?|prompts?|rules?|above|previous|everything)\b"
    r"|\b(?:system|developer)\s+(?:prompt|message|instructions?)\b"
    rf"|\b(?:as an?|dear|hey|attention|notes? (?:to|for)(?: the| all| any)?)\s+(?:\w+\s)?{_WHO}\b"
    rf"|\b{_WHO}\b[^.!?]{{0,60}}?\b(?:must|should|shall|need to|have to|please"
    rf"|(?:are|is) (?:asked|instructed|required) to)\s(?:\w+\s){{0,2}}{_WRITE}\b"
    r"|\b(?:you|output|response)\s+(?:must|should|shall|need to|have to)\b"
    rf"[^.!?]{{0,60}}\b{_WRITE}\b"
    r"|\bsummar(?:y|ies)\b[^.!?]{0,40}\b(?:must|should|shall|ought to|needs? to|ha(?:s|ve) to)\b"
    r"|\b(?:when|while|in) (?:you (?:are )?)?(?:summari[sz]\w+|your summar(?:y|ies))\b"
    rf"|^\W*(?:please\s+)?{_WRITE}\b[^.!?]{{0,20}}\b(?:that|this|the following|only|as)\b"
    r"|<\|"
    r"|(?:지시|명령|프롬프트|규칙|안내)(?:문|사항)?(?:을|를|은|는)?[^.!?]{0,20}(?:무시하고"
    r"|무시하(?:세요|십시오|라)|무시해|잊(?:고|으|어)|따르지 (?:말|마))"
    r"|(?<![가-힣])(?:위(?:의|에)?|이전의?|앞의?|지금까지의?)\s[^.!?]{0,20}(?:무시하"
    r"|잊)고[^.!?]{0,30}(?:써|쓰|적|작성|답|말|출력|요약)"
    r"|(?:시스템|개발자)\s*(?:메시지|프롬프트|지시)"
    rf"|(?:이|본)\s?(?:글|문서|페이지|자료)[을를]\s?(?:읽|요약|처리|분석)[^.!?]{{0,30}}{_BID}"
    r"|요약(?:문|본|글)?[에은는]는?\s[^.!?]{0,30}(?:반드시|라는|다는)"
    r"|(?:언어\s*모델|챗봇|요약(?:기|\s?프로그램)|인공지능|AI\s*(?:모델|비서|어시스턴트)?)"
    rf"(?:은|는|이|가|에게|이라면|:)[^.!?]{{0,60}}{_SAID}[^.!?]{{0,6}}{_BID}"
    r"|(?:언어\s*모델|챗봇|요약|AI\s*(?:모델|비서|어시스턴트)?)[^.!?]{0,40}"
    r"(?:하세요|하십시오|해\s*주세요|하라\.?$|할\s*것\.?$|쓰세요|적으세요)"
    rf"|(?:라고|다고)\s*{_SAID}\w{{0,4}}\s*(?:세요|십시오|시오|주세요|하라|할\s*것|바랍니다|한다\.?$)",
    re.IGNORECASE,
)
# Whole phrases: a single word of them may be what a company lives on.
_BOILERPLATE = re.compile(
    r"^(?:an?|the|this) (?:summary|transcript|translation) of\b"
    r"|all rights reserved|^\W*(?:©|\(c\)|copyright)\W*\d{4}|forward[- ]looking statement"
    r"|obligation to update|(?:may|could|might) differ (?:materially|from)"
    r"|\b(?:we|our|this|website|site|partners?)\b[^.]{0,20}\buses? (?:of )?cookies"
    r"|accept (?:all )?cookies|personali[sz]ed (?:content|ads)"
    r"|(?:enable|turn on) javascript|javascript is (?:disabled|required)"
    r"|not (?:constitute|an offer|investment advice)|press contact|media contact|subscribe to our"
    r"|click (?:here|below)|listen-only mode|joined (?:today )?by\b|welcome to the .{0,80}\bcall\b"
    r"|contains? (?:certain )?(?:forward|statements about)"
    r"|(?:conference call|replay)\b.{0,60}\bwill be"
    r"|will (?:hold|host) (?:a|its) .{0,30}\b(?:call|webcast)"
    r"|무단\s*(?:전재|복제|배포)|자바스크립트를 (?:활성화|켜)|쿠키를 (?:사용|수집|저장)"
    r"|투자\s*(?:권유|판단의 책임)|(?:책임을 지지|보증하지) 않|(?:달라질|다를|차이가 있을) 수 있"
    r"|(?:문의는|문의처|고객센터)[^.]{0,30}(?:로|으로) |(?:다음|아래)[와과] 같|참[조고]하[시여]",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\S@[^\s@]+\.\w|\b(?:tel|fax|phone)\b\s*[.:]|(?:전화|팩스)\s*[:：]|\d{2,3}-\d{3,4}-\d{4}"
    r"|자세한 [가-힣]{1,6}[은는] ",
    re.IGNORECASE,
)
# A way through a site, step by step; <titles> of works have no blank inside.
_TRAIL = re.compile(r"\S\s+[>›»→/|]\s+\S[^>›»→|]*\s[>›»→|]\s")
# Words that point at what was said before.
_ENGLISH_OPENER = re.compile(
    r"\W*(?:(?:it|they|this|these|those|that|he|she|its|their|his|her|such|both|either|neither"
    r"|the (?:former|latter|same|other|result|rest|remainder|foregoing|following)"
    r"|(?:one|each|some|most|all|none|many|few|half) of (?:them|these|those|which|it)"
    r"|each (?:one|is|was|has|had|does|can|may|must|will|contains|holds|runs|takes|costs|comes"
    r"|gets|covers|includes|uses|carries|shows|serves|belongs)"
    r"|but|and|so|or|nor|yet|however|also|moreover|furthermore|therefore|thus|hence|meanwhile"
    r"|instead|then|still|likewise|similarly|otherwise|consequently|accordingly|nevertheless"
    r"|nonetheless|additionally|conversely|rather|indeed|again|lastly|secondly"
    r"|thirdly|second,|third,|first,|here|there|below|above|elsewhere|since then|at that|by then"
    r"|as a result|as such|in addition|in contrast|by contrast|in turn|in other words|for example"
    r"|for instance|on the other hand|at the same time|to (?:this|that) end"
    r"|because of (?:this|that)|(?:in|for|with|of|from|after) (?:this|that|these|those|which)"
    r"|(?:in|on|at|by|since|for|after|until|during)\s(?:\w+\s){1,3}(?:it|they|he|she)"
    r"|what (?:this|that)|that said|as (?:mentioned|noted|described|shown|i)|see note)\b)",
    re.IGNORECASE,
)
_KOREAN_OPENER = re.compile(
    r"\W*(?:[이그저]\s(?=[가-힣])|이는|이를|이에|이와|이로|이것|이들|이러한|이런|이처럼|이같"
    r"|이때|이어|이후|그는|그녀|그것|그들|그러나|그런데|그래서|그러므로|그러면|그중|그동안|그렇"
    r"|그때|하지만|또는|반면|따라서|즉|다만|단,|반대로|대신|예를 들|예컨대|여기에|여기서|거기"
    r"|같은 (?:기간|해|달)|해당|당해|전자[는의]|후자[는의]|둘째|셋째|첫째|마지막으로|이번에"
    r"|왜냐|결국|물론|덕분에|때문에|먼저|우선[ ,]|다음으로|앞서|위[와의] |아래|다음은|다음과|이상"
    r"|요컨대|당시|상기|전술|상동|본\s(?:계약|합병|분할|건|사업|거래|공시|문서|자료|보고서)"
    r"|동\s[가-힣]|동기간|[가-하]\.\s)"
)
# Its figures are nobody's here.
_COMPETITOR = re.compile(
    r"\W*(?:경쟁(?:사|업체|기업|회사|자)|업계 (?:1위|선두|2위)인"
    r"|(?:(?:our|its|the company['’]s)\s)?(?:\w+\s)?(?:competitors?|rivals?)\b)",
    re.IGNORECASE,
)
# "각각" needs two things before it to be told apart.
_EACH = re.compile(r"각각")
_TWO = re.compile(r"[가-힣A-Za-z0-9](?:과|와|및|,|·)\s?")
# Against the year before, but what?
_COMPARED = re.compile(r"\W*전(?:년|기|분기)\s?(?:동기|말)?\s?대비")
_OF_WHAT = re.compile(r"매출|이익|손실|수익|자산|고객|직원|이용자|거래액|수주|투자")
# An answer without its question, a speaker's name before what they said.
_LABEL = re.compile(
    r"\W*(?:q\d*|a\d*|question|answer|operator|질문|답변|답|문|[가-힣]{2,4}\s(?:대표|사장|이사"
    r"|부사장|팀장|본부장))\s*+(?:\([^)]*\)\s*+)?[:：]",
    re.IGNORECASE,
)
_KOREAN_WHOLE = re.compile(r"(?:다|요|죠|[가-힣][음함됨임])[.!。]?[\"'”’」』)\]]*$")
_ENGLISH_WHOLE = re.compile(r"[.!][\"'”’)\]]*$")


def is_readable(sentence: Sentence) -> bool:
    """True when the sentence may be quoted on its own."""
    text = sentence.text
    if sentence.listed or _is_noise(text):
        return False
    if sentence.language == "ko":
        return _is_whole_korean(text) and not _dangles(text)
    return _is_whole_english(text) and not _ENGLISH_OPENER.match(text)


def is_material(sentence: Sentence) -> bool:
    """True when a model may see the sentence among its neighbours."""
    text = sentence.text
    return MATERIAL_CHARACTERS[0] <= len(text) <= MATERIAL_CHARACTERS[1] and not (
        speaks_to_its_reader(text) or _BOILERPLATE.search(text) or _is_mostly_symbols(text)
    )


def speaks_to_its_reader(text: str) -> bool:
    """True for a sentence that tells a summarizer what to write."""
    return _TO_THE_READER.search(text) is not None


def _is_noise(text: str) -> bool:
    return bool(
        speaks_to_its_reader(text)
        or _BOILERPLATE.search(text)
        or _LABEL.match(text)
        or _COMPETITOR.match(text)
        or _CONTACT.search(text)
        or _TRAIL.search(text)
        or _is_mostly_symbols(text)
        or text.count('"') % 2
        or text.count("“") != text.count("”")
        or text.count("(") != text.count(")")
    )


def _is_mostly_symbols(text: str) -> bool:
    """A row of a table, a line of dots, a list of codes.

    A Korean sentence about figures is short and may be half digits.
    """
    if re.search(r"\s\|\s|\t", text):
        return True
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdigit() for character in text)
    visible = sum(not character.isspace() for character in text)
    return letters < 0.3 * visible or letters + digits < 0.6 * visible


def _is_whole_english(text: str) -> bool:
    words = text[: ENGLISH_CHARACTERS_MAX + 1].split()
    opens = text.lstrip("\"'“‘([")
    return bool(
        ENGLISH_WORDS[0] <= len(words) <= ENGLISH_WORDS[1]
        and len(text) <= ENGLISH_CHARACTERS_MAX
        and _ENGLISH_WHOLE.search(text)
        # A brand may begin with a small letter: zPhone.
        and (not opens[:1].islower() or any(map(str.isupper, opens.split()[0])))
        and not text.isupper()
    )


def _is_whole_korean(text: str) -> bool:
    if not KOREAN_CHARACTERS[0] <= len(text) <= KOREAN_CHARACTERS[1] or len(text.split()) < 3:
        return False
    return bool(_KOREAN_WHOLE.search(text)) or is_korean_note(text)


def _dangles(text: str) -> bool:
    if _KOREAN_OPENER.match(text):
        return True
    each = _EACH.search(text)
    if each is not None and not _TWO.search(text, 0, each.start()):
        return True
    return _COMPARED.match(text) is not None and not _OF_WHAT.search(text)
