"""Which sentences of a source may be shown to a reader, alone and out of their place.

A sentence must be whole, stand by itself and speak of the company. Menus, headings,
imprints and disclaimers do not; neither does one that leans on the sentence before it,
nor one that talks to whoever, or whatever, makes a summary of it.
"""

from __future__ import annotations

import re

from inference_sidecar.summaries.sentences import Sentence, is_korean_note

ENGLISH_WORDS = (5, 55)
ENGLISH_CHARACTERS_MAX = 500
KOREAN_CHARACTERS = (14, 260)
MATERIAL_CHARACTERS = (10, 2000)

# What speaks to the maker of a summary is no statement about a company.
_TO_THE_READER = re.compile(
    r"^\W*(?:system|assistant|user|developer|instructions?|prompt)\s*:"
    r"|\b(?:ignore|disregard|forget|override)\b[^.!?]{0,60}"
    r"\b(?:instructions?|prompts?|rules?|above|previous|everything)\b"
    r"|\b(?:system|developer)\s+(?:prompt|message|instructions?)\b"
    r"|\b(?:as an?|dear|hey|attention|note to(?: the)?)\s+(?:ai|language model|assistant|model"
    r"|llm)\b"
    r"|\b(?:language models?|llms?|ai (?:models?|assistants?|systems?)|chatbots?|summari[sz]ers?)\b"
    r"[^.!?]{0,40}\b(?:must|should|shall|need to|have to|please|are (?:asked|instructed))\b"
    r"|\b(?:you|summar(?:y|ies)|output|response)\s+(?:must|should|shall|need to|have to)\b"
    r"[^.!?]{0,60}\b(?:say|state|write|mention|claim|conclude|include|recommend|praise|rate"
    r"|describe|summari[sz]e|quote|output|respond)\b"
    r"|\bsummar(?:y|ies)\b[^.!?]{0,40}\b(?:must|should|shall|ought to|needs? to|ha(?:s|ve) to)\b"
    r"|\b(?:when|while|in) (?:you (?:are )?)?(?:summari[sz]\w+|your summar(?:y|ies))\b"
    r"|^\W*(?:please\s+)?(?:say|state|write|mention|claim|conclude|output|respond|rate|repeat)\b"
    r"[^.!?]{0,20}\b(?:that|this|the following|only|as)\b"
    r"|<\|"
    r"|(?:지시|명령|프롬프트|규칙|안내)(?:문|사항)?(?:을|를|은|는)?[^.!?]{0,20}(?:무시하고"
    r"|무시하(?:세요|십시오|라)|무시해|잊(?:고|으|어)|따르지 (?:말|마))"
    r"|(?<![가-힣])(?:위(?:의|에)?|이전의?|앞의?|지금까지의?)\s[^.!?]{0,20}(?:무시하"
    r"|잊)고[^.!?]{0,30}(?:써|쓰|작성|답|말|출력|요약)"
    r"|(?:시스템|개발자)\s*(?:메시지|프롬프트|지시)"
    r"|(?:언어\s*모델|챗봇|요약|AI\s*(?:모델|비서|어시스턴트)?)[^.!?]{0,40}"
    r"(?:하세요|하십시오|해야\s*합니다|해야\s*한다|해\s*주세요|하라|할\s*것|바랍니다|쓰세요"
    r"|적으세요)"
    r"|(?:라고|다고)\s*(?:말|써|쓰|적|답|요약|평가|소개|출력|작성|표현)\w{0,4}\s*"
    r"(?:세요|십시오|주세요|하라|할\s*것|바랍니다|한다\.?$)"
    r"|(?:라고|다고)\s*(?:말하|쓰|적으|답하|요약하|평가하|소개하|출력하|작성하|표현하)(?:세요|십시오|라|시오)",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"^(?:an?|the|this) (?:summary|transcript|translation) of\b"
    r"|all rights reserved|©|\(c\)\s*\d{4}|copyright|forward[- ]looking|safe harbou?r|disclaim"
    r"|privacy policy|terms (?:of (?:use|service)|and conditions)"
    r"|cookie (?:policy|settings|notice|consent)|(?:use|uses|accept) (?:of )?cookies"
    r"|not (?:an offer|investment advice|constitute)|no (?:representation|warranty|guarantee)"
    r"|(?:actual results|results) (?:may|could) differ|unaudited|for more information|contact us"
    r"|click (?:here|below|on|the)|subscribe to our|follow us|press contact|media contact"
    r"|investor relations contact"
    r"|may not be (?:reproduced|copied|distributed)"
    r"|without (?:the )?prior (?:written )?(?:consent|notice)"
    r"|무단\s*(?:전재|복제|배포)|저작권|투자\s*(?:권유|판단의 책임|권고)|면책|이용\s*약관"
    r"|개인정보\s*처리"
    r"|법적\s*책임|책임을 지지|보증하지|사전 (?:동의|통보|예고) 없이|예측\s*정보"
    r"|미래에 대한 (?:예측|전망)"
    r"|실제 (?:결과|실적)(?:와|과|는|은)|감사(?:받지|를 받지)|문의(?:처|하시|는|:)"
    r"|자세한 [가-힣]{1,6}[은는] "
    r"|본 (?:자료|문서|보고서|보도자료)(?:는|은|에|의|를)|뉴스레터|구독하기|바로\s*가기|첨부\s*파일"
    r"|사업자\s*등록\s*번호|통신판매업|대표\s*(?:전화|번호)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?://|www\.|\S+@\S+\.\w|\b(?:tel|fax)\b\s*[.:]|\bphone\s*:|전화\s*[:：]|팩스|\d{2,3}-\d{3,4}-\d{4}",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"\S\s*[>›»→/|]\s*\S[^>›»→|]*[>›»→|]")
# Words that point at what was said before.
_ENGLISH_OPENER = re.compile(
    r"\W*(?:(?:it|they|this|these|those|that|he|she|its|their|his|her|such|both|either|neither"
    r"|the (?:former|latter|same|other|result|rest)"
    r"|(?:one|each|some|most|all|none|many|few) of (?:them|these|those|which)"
    r"|each (?:one|is|was|has|had|does|can|may|must|will|contains|holds|runs|takes|costs|comes"
    r"|gets|covers|includes|uses|carries|shows|serves|belongs)"
    r"|but|and|so|or|nor|yet|however|also|moreover|furthermore|therefore|thus|hence|meanwhile"
    r"|instead|then|still|likewise|similarly|otherwise|consequently|accordingly|nevertheless"
    r"|nonetheless|besides|additionally|conversely|rather|indeed|again|finally|lastly|secondly"
    r"|thirdly|second,|third,|first,|here|there|below|above|elsewhere|since then|at that|by then"
    r"|as a result|as such|in addition|in contrast|in turn|in other words|for example|for instance"
    r"|on the other hand|at the same time|to (?:this|that) end|for (?:this|that|these|those)"
    r"|because of (?:this|that)|in (?:this|that|these|those)|with (?:this|that|these|those)"
    r"|of (?:this|that|these|those|which)|from (?:this|that|there)|after (?:this|that)"
    r"|(?:in|on|at|by|since|for|after|until|during)\s(?:\w+\s){1,3}(?:it|they|he|she)"
    r"|what (?:this|that)|that said|the following|as (?:mentioned|noted|described|shown))\b)",
    re.IGNORECASE,
)
_KOREAN_OPENER = re.compile(
    r"\W*(?:이는|이를|이에|이와|이로|이것|이들|이러한|이런|이처럼|이같|이 같|이 외|이 밖|이 중"
    r"|이 가운데"
    r"|이 과정|이 점|이 덕분|이 때문|이때|이어|이후|이 회의|이 팀은|이 제품|이 서비스|이 기능"
    r"|이 시스템|이 방식"
    r"|그는|그녀|그것|그들|그러나|그런데|그래서|그러므로|그러면|그리고|그 결과|그 밖|그 외|그중"
    r"|그 중|그 뒤|그 후"
    r"|그 덕분|그 이유|그 과정|그동안|그 대신|그렇|그때|그 가운데|하지만|또한|또,|또 |또는|아울러"
    r"|더불어|반면|따라서"
    r"|한편|특히|즉|다만|단,|게다가|뿐만 아니라|나아가|더 나아가|반대로|대신|예를 들|예컨대"
    r"|여기에|여기서|여기에는"
    r"|거기|저희는 이|같은 기간|같은 해|같은 달|동 기간|동기간|해당|전자는|후자는|둘째|셋째|첫째"
    r"|마지막으로|이번에"
    r"|왜냐|결국|물론|덕분에|때문에|먼저|우선[ ,]|다음으로|앞서|위와|아래|다음은|다음과|이상|요컨대"
    r"|실제로|당시)"
)
# An answer without its question, a speaker's name before what they said.
_LABEL = re.compile(
    r"\W*(?:q\d*|a\d*|question|answer|질문|답변|답|문|[가-힣]{2,4}\s(?:대표|사장|이사|부사장|팀장"
    r"|본부장))"
    r"\s*(?:\([^)]*\))?\s*[:：]",
    re.IGNORECASE,
)
_KOREAN_WHOLE = re.compile(r"(?:다|요|죠|니다)[.!。]?[\"'”’」』)\]]*$")
_ENGLISH_WHOLE = re.compile(r"[.!][\"'”’)\]]*$")


def is_readable(sentence: Sentence) -> bool:
    """True when the sentence may be quoted on its own."""
    text = sentence.text
    if sentence.language == "ko":
        return _is_whole_korean(text) and not _is_noise(text) and not _KOREAN_OPENER.match(text)
    return _is_whole_english(text) and not _is_noise(text) and not _ENGLISH_OPENER.match(text)


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
        or _ADDRESS.search(text)
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
    opens = text.lstrip("\"'“‘([")[:1]
    return bool(
        ENGLISH_WORDS[0] <= len(words) <= ENGLISH_WORDS[1]
        and len(text) <= ENGLISH_CHARACTERS_MAX
        and _ENGLISH_WHOLE.search(text)
        and (opens.isupper() or opens.isdigit() or not opens.isascii())
        and not text.isupper()
    )


def _is_whole_korean(text: str) -> bool:
    if not KOREAN_CHARACTERS[0] <= len(text) <= KOREAN_CHARACTERS[1] or len(text.split()) < 3:
        return False
    if _KOREAN_WHOLE.search(text):
        return True
    return is_korean_note(text)
