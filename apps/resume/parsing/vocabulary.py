"""Words that tell what a phrase is: a job title, an organisation, a place, a school, a degree."""

import re
from functools import lru_cache


def _words(text: str) -> str:
    return "|".join(sorted(text.split(), key=len, reverse=True))


# Jobs. English ones count as whole words, Korean ones also inside a compound.
_TITLE_EN = (
    r"engineer(?:ing manager)?|developer|programmer|architect|manager|intern|internship|analyst"
    r"|consultant|lead|leader|head|director|cto|ceo|coo|cpo|vp|co-?founder|founder|scientist|researcher"
    r"|assistant|administrator|specialist|designer|officer|president|associate|fellow|instructor|lecturer"
    r"|teacher|tutor|tester|qa|sre|devops|freelancer?|contractor|trainee|apprentice|coordinator"
    r"|technician|owner|advisor|mentor|professor|postdoc|supervisor|strategist|chair|captain|grader"
    r"|full[- ]?stack|front[- ]?end|back[- ]?end|webmaster|student worker|working student|maintainer"
    r"|creator|contributor|evangelist|advocate|hacker|coder|operator|editor|writer|executive|swe|sde"
    r"|nurse|barista|waiter|waitress|cook|chef|accountant|receptionist|salesperson|driver|pharmacist|librarian"
    r"|secretary|treasurer|representative|clerk|cashier|support|crew|coach|facilitator|organizer|volunteer"
)
TITLE_EN = re.compile(rf"\b(?:{_TITLE_EN})s?\b", re.IGNORECASE)
TITLE_KO = re.compile(
    r"개발자|엔지니어|인턴|연구원|매니저|리드|프로그래머|기획자|디자이너|조교|강사|멘토|프리랜서|아키텍트|컨설턴트"
    r"|연구생|팀장|파트장|실장|본부장|그룹장|부장|차장|과장|대리|주임|사원|선임|책임|수석|전임|이사|대표|CTO|CEO"
    r"|분석가|관리자|운영자|담당자?(?=$|\W)|백엔드|프론트엔드|프런트엔드|풀스택|서버\s?개발|웹\s?개발|앱\s?개발|PM(?=$|\W)"
    r"|개발$|테스터|튜터|부원|팀원|회장|간사|퍼블리셔|스크럼\s?마스터|데브옵스|사이언티스트|리더|전문연구요원"
    r"|조리사|간호사|바리스타|회계사|마케터|주방장|아르바이트|산업기능요원|DBA|소프트웨어\s?개발"
)
RANK_KO = re.compile(
    r"^(?:팀장|파트장|실장|본부장|부장|차장|과장|대리|주임|사원|선임|책임|수석|전임|이사|인턴|매니저|팀원|프로"
    r"|연구원|(?:선임|책임|수석|주임|전임)(?:\s?(?:연구원|매니저|엔지니어|개발자))?|정규직|계약직)$"
)
TEAM = re.compile(
    r"(?:팀|본부|부서|사업부|실|그룹|셀|파트|랩|스쿼드|센터|챕터|부문|연구실)$|\b(?:team|division|squad|department|dept\.?)\b",
    re.IGNORECASE,
)
EMPLOYMENT = re.compile(
    r"^\W*(?:정규직|계약직|인턴|인턴십|비정규직|파견직|프리랜서|아르바이트|병역특례|산업기능요원|전문연구요원"
    r"|full[- ]?time|part[- ]?time|contract|internship|freelance|permanent|temporary|remote|hybrid|on-?site"
    r"|퇴사|재직\s?중|재직|퇴직|근무|졸업|휴직|체험형\s?인턴|채용연계형\s?인턴)\W*$",
    re.IGNORECASE,
)
ORGANISATION = re.compile(
    r"㈜|\(주\)|\(유\)|\(재\)|\(사\)|주식회사|유한회사|재단|협회|학회|대학교|대학원|연구소|(?<![임석급원생턴촉문근후여조])(?<=[가-힣]{2})연구원$|연구실|공사$|공단|은행|그룹$|병원"
    r"|[가-힣](?:테크|소프트|시스템즈|시스템|랩스|랩|전자|통신|정보|네트웍스|솔루션|솔루션즈|컴퍼니|코퍼레이션|뱅크"
    r"|페이|증권|카드|보험|생명|미디어|게임즈|스튜디오|엔터테인먼트|커머스|모빌리티|로지스틱스|데이터|소프트웨어"
    r"|인터내셔널|코리아|바이오|헬스|에듀|컨설팅|아카데미|학교|학원|센터|청|시청|구청)(?=$|\W)"
    r"|\b(?:inc|llc|ltd|corp|corporation|company|co\.|gmbh|s\.?a\.?s?|ag|plc|bv|pty|labs?|technologies|technology|tech"
    r"|systems?|solutions?|group|bank|university|institute|software|studios?|consulting|services|networks?"
    r"|foundation|ventures|agency|hospital|school|college|ministry|cent(?:er|re)|partners|holdings|academy"
    r"|laborator(?:y|ies)|enterprises?|industries|international|global|digital|media|interactive|games?"
    r"|association|society|organization|council|government|startup|airlines?|motors|electronics|semiconductor)\b"
    r"|\.(?:com|io|ai|co|net|org)\b",
    re.IGNORECASE,
)
# 연구원 is a researcher, and at the end of a longer word the institute.
INSTITUTE = re.compile(r"(?<![임석급원생턴촉문근후여조])(?<=[가-힣]{2})연구원$")
_STATES = _words(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC ON BC QC AB UK USA US NSW VIC"
)
_REGIONS = (
    r"alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii"
    r"|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan"
    r"|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico"
    r"|new york|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island"
    r"|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia"
    r"|wisconsin|wyoming|alberta|british columbia|manitoba|ontario|quebec|new south wales|victoria"
    r"|queensland|bavaria|karnataka|maharashtra|tamil nadu|telangana|kerala"
)
_COUNTRIES = (
    r"united states|united kingdom|south korea|republic of korea|korea|germany|france|spain|italy"
    r"|india|china|japan|canada|brazil|mexico|australia|singapore|netherlands|the netherlands|poland"
    r"|portugal|sweden|norway|denmark|finland|ireland|switzerland|austria|belgium|israel|turkey|russia"
    r"|ukraine|vietnam|indonesia|malaysia|thailand|philippines|pakistan|bangladesh|egypt|nigeria|kenya"
    r"|south africa|argentina|chile|colombia|peru|taiwan|hong kong|england|scotland|wales|romania"
    r"|hungary|greece|czech republic|czechia|estonia|sri lanka|nepal|new zealand|uae|saudi arabia"
    r"|iran|morocco|tunisia|algeria|ghana|lebanon|jordan|serbia|bulgaria|croatia|slovakia|slovenia|lithuania|latvia"
)
_CITIES = (
    r"new york(?: city)?|nyc|san francisco|los angeles|seattle|boston|chicago|austin|london|paris|berlin|munich"
    r"|tokyo|seoul|busan|pangyo|beijing|shanghai|shenzhen|bangalore|bengaluru|mumbai|delhi|new delhi|hyderabad|pune"
    r"|chennai|toronto|vancouver|montreal|sydney|melbourne|amsterdam|dublin|madrid|barcelona|lisbon"
    r"|stockholm|zurich|geneva|moscow|warsaw|sao paulo|s[aã]o paulo|mountain view|palo alto|menlo park|san jose"
    r"|sunnyvale|cambridge|pittsburgh|atlanta|denver|dallas|houston|philadelphia|san diego|washington"
    r"|bay area|hanoi|jakarta|bangkok|taipei|istanbul|cairo|lagos|nairobi|tel aviv|daejeon|incheon|seongnam|gwangju|daegu|suwon"
)
_PLACES_KO = (
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|판교|성남|수원|분당)"
    r"(?:특별시|광역시|특별자치시|특별자치도|시|도)?"
)
PLACE_BEFORE = 60  # characters: what is longer tells more than a place
PLACE = re.compile(
    rf"^\W*(?:(?:[A-Z][\w.'\-]*+\s?){{1,4}},\s*(?:{_STATES})(?:,?\s*(?:USA?|\d{{5}}|[A-Z]\w+))?"
    rf"|(?i:(?:[\w.'\-À-ÿ]++\s?){{1,4}},\s*(?:[\w\s]+,\s*)?(?:{_COUNTRIES}))"
    rf"|(?:[A-ZÀ-Þ][\w.'\-]*+\s?){{1,3}},\s*(?i:{_REGIONS})(?:\s+(?i:area))?"
    rf"|Greater (?:[A-ZÀ-Þ][\w.'\-]*+\s){{1,3}}Area|(?:[A-ZÀ-Þ][\w.'\-]*+\s){{1,3}}Metropolitan Area"
    rf"|(?:[A-ZÀ-Þ][\w.'\-]*+\s?){{1,3}}\s\((?i:{_COUNTRIES})\)"
    rf"|(?i:{_COUNTRIES}|{_CITIES})(?:,\s*(?:[A-Za-z .]+))?"
    rf"|(?i:remote(?:ly)?|hybrid|on-?site|worldwide|재택|원격)(?:\s?[(,/-].*)?"
    rf"|{_PLACES_KO}(?:\s*[가-힣]+(?:시|구|군|동|로|길|읍|면))*(?:,?\s*(?:대한민국|한국|South Korea|Korea))?|대한민국|한국)\W*$"
)
PLACE_TAIL = re.compile(
    rf"[\s,(–—|-]+(?P<place>(?:[A-Z][\w.'-]+\s){{0,2}}[A-Z][\w.'-]+,\s*(?:{_STATES}|(?i:{_COUNTRIES}))|(?<=,\s)(?:[A-ZÀ-Þ][\w.'-]+\s){{1,2}}(?:\((?i:{_COUNTRIES})\)|(?:{_STATES})\b)|(?i:remote)|(?<=,\s)(?:{_PLACES_KO})(?:\s*[가-힣]+(?:시|구|군|동))*)\s*\)?\s*$"
)
SCHOOL = re.compile(
    r"universi[dt]|uniwersyt|college|school|institut|istitut|instytut|academy|akademi|polytech|politech|bootcamp|faculty|politec|hochschule|gymnasium|högskol|école|ecole|escola|escuela|lycée"
    r"|\bIIT\b|\bNIT\b|\bMIT\b|\bUC[A-Z ]?|\bKAIST\b|\bPOSTECH\b|\bUNIST\b|\bGIST\b|\bDGIST\b|\bETH\b|\bEPFL\b|\bNYU\b|\bUSC\b|\bCMU\b|\bBITS\b"
    r"|\bUC\b|\b(?:Georgia|Virginia) Tech\b|대학교|대학원|대학(?=$|\W)|고등학교|중학교|여고|[가-힣]고(?=$|\s|\()|[가-힣]대(?=$|\s|\()"
    r"|학교|기술원(?=$|\W)|아카데미|부트캠프|캠프|학원|교육원|코스(?=$|\W)|스쿨|사관학교|캠퍼스|평생교육|학점은행|직업전문|SSAFY|싸피|정글|우테코|인재개발원|개발원",
    re.IGNORECASE,
)
DEGREE = re.compile(
    r"\b(?:bachelor['’]?s?|master['’]?s?|doctor(?:ate|al)?|ph\.?\s?d\.?|associate['’]?s?(?= (?:degree|of|in))|diploma|b\.?\s?sc?\.?|m\.?\s?sc?\.?"
    r"|s\.\s?b\.|s\.\s?m\.|a\.\s?b\.|b\.?\s?tech\.?|m\.?\s?tech\.?|b\.?\s?e\.?(?=\s|,|$)|b\.?\s?eng\.?|m\.?\s?eng\.?|b\.?\s?a\.?(?=\s|,|$)|m\.?\s?a\.?(?=\s|,|$)|m\.?b\.?a\.?|b\.?c\.?a\.?(?=\s|,|$)|m\.?c\.?a\.?(?=\s|,|$)"
    r"|b\.?\s?a\.?\s?sc\.?|undergraduate|postgraduate|graduate|degree|major|minor|licen[cs]e|high school diploma|ged|nanodegree|certificate"
    r"|hsc|ssc|cbse|a-levels?|abitur|baccalaureate|laurea|engineering|science|studies|mathematics|physics)(?=\W|$)"
    r"|학사|석사|박사|전문학사|전공|학과|학부|공학부|과정|계열|복수전공|부전공|이과|문과|(?<=[가-힣])과(?=$|\W)|공학|수료",
    re.IGNORECASE,
)
# The level of a degree, to be told from its subject.
LEVEL = re.compile(
    r"(?:\b(?:bachelor['’]?s?|master['’]?s?|doctor|associate['’]?s?)(?:\s+of\s+(?:applied\s+science|science|arts|engineering|technology|computer applications|computing"
    r"|business administration|fine arts|commerce|information technology|philosophy|mathematics|applied arts|laws|education|design|music))?(?:\s*\((?:hons|honou?rs)\)|\s+honou?rs)?(?:\s+degree)?"
    r"|\bdoctorate|\bph\.?\s?d\.?|\bb\.?\s?sc?\.?|\bm\.?\s?sc?\.?|\bs\.\s?[bm]\.|\ba\.\s?b\.|\bb\.?\s?tech\.?|\bm\.?\s?tech\.?|\bb\.?\s?eng\.?|\bm\.?\s?eng\.?|\bb\.?\s?e\.?|\bm\.?\s?e\.?"
    r"|\bb\.?\s?a\.?(?:\s?sc\.?)?|\bm\.?\s?a\.?|\bm\.?b\.?a\.?|\bb\.?c\.?a\.?|\bm\.?c\.?a\.?|\bdegree(?=\s+in\s)|\bdiploma|\bminor|\bhigh school diploma)"
    # "BS/MS"; "BSc (Hons)"; "Bachelor of Science (B.S.)"
    r"(?:\s?/\s?[bm]\.?\s?(?:sc?|a|e|eng|tech)\.?(?=[\s,(]|$))?"
    r"(?:\s*\((?:hons|honou?rs|[bm]\.?\s?(?:sc?|a|e|eng|tech)\.?|ph\.?\s?d)\.?\))?(?=[\s,.:()|–—-]|$)"
    r"|전문학사|공학사|이학사|문학사|학사|공학석사|석사(?:\s?과정)?|박사(?:\s?과정)?",
    re.IGNORECASE,
)
STATUS_KO = re.compile(
    r"\(?\s*(?:졸업\s?예정|졸업|재학\s?중|재학|수료|중퇴|휴학\s?중|휴학|편입|입학|자퇴|졸업유예|검정고시|졸업예정자|수료\s?예정|재적|(?<=\s)졸(?=$|\s))\s*\)?"
)
GRADE = re.compile(
    r",?\s*\b(?:with\s+(?:(?:high|highest|great)\s+)?(?:distinction|hono(?:u)?rs|merit)|(?:summa\s+|magna\s+)?cum\s+laude)\b|\(?\s*(?:(?:cumulative|overall|major|final|average)\s+)?(?:c?gpa|cpi|grade|percentage|score|학점|평점|성적|평균\s?평점|전공\s?평점)\s*:?\s*\d[\d.,]*\s*%?\s*(?:/|out of)?\s*(?:\d[\d.]*)?\s*\)?"
    r"|\(?\d\.\d{1,2}\s*/\s*\d(?:\.\d{1,2})?\)?|\(?\b\d\.\d{1,2}\s*(?:c?gpa)\)?|\b\d{2}(?:\.\d+)?\s*%",
    re.IGNORECASE,
)

REGION = re.compile(rf"(?:{_REGIONS})$", re.IGNORECASE)

# Labels of forms and tables: what stands beside or below such a word.
LABELS: dict[str, str] = {
    word: field
    for field, words in {
        "company": "회사명 회사 근무처 기업명 직장명 근무회사 기관명 기관 업체명 소속기관 소속회사 "
        "company employer organization organisation companyname 근무지명 근무기관 단체명 활동기관",
        "title": "직책 직위 직급 직무 포지션 역할 직급/직책 직위/직책 담당직무 직종 position role title jobtitle "
        "designation 직책/직급 직급/직위 직함 직위직책 담당역할 직위(직책) 직위/직급",
        "department": "부서 소속 부서명 근무부서 소속부서 팀 department team",
        "period": "기간 근무기간 재직기간 재학기간 수행기간 개발기간 활동기간 교육기간 년도 일자 날짜 취득일 "
        "취득일자 취득년월 수상일 입학/졸업 입학 졸업년월 입학년월 입학연월 졸업연월 입학년도 졸업년도 입학일자 졸업일자 입사일자 퇴사일자 입사연월 퇴사연월 시작일 종료일 입사 퇴사 입학 연도 period date dates duration year 참여기간 프로젝트기간 "
        "진행기간 작업기간 근무일 yearofpassing passingyear yearofcompletion year/duration yearofgraduation timeline projectduration tenure 입사일 퇴사일 입사년월 퇴사년월 입학일 졸업일 수료기간 기간(년월) 취득연월 수상년월 수상일자 년월 취득년도 시기 응시일 취득시기 수상시기 취득연도",
        "institution": "학교 학교명 출신학교 대학교 교육기관 institution school university institute college school/college university/board college/university institution/university nameofinstitution nameoftheinstitution university/institute institute/university 학교명(소재지) 출신교 교육기관명",
        "degree": "전공 학과 학위 전공명 전공학과 전공및학위 학과명 degree major fieldofstudy qualification examination exam degree/course class specialization stream branch degree/examination 전공분야 계열 전공계열 전공(학과) 전공/학위 학과/전공 전공학부 course 전공/학과",
        "status": "졸업구분 졸업여부 구분 졸업 상태 졸업상태 status 학력구분 재직상태",
        "grade": "학점 성적 평점 gpa cgpa grade 평균학점 학점/만점 percentage cgpa/% %/cgpa cgpa/percentage percentage/cgpa marks score % 점수 급수 등급 취득점수",
        "description": "기술 역할 기능 주요기능 담당기능 highlights courses coursework relevantcoursework keyresponsibilities keycontributions contributions builtwith techused technologiesused toolsused skillsused keytechnologies 사용기술및환경 활용기술 주요기술 기여 프로젝트소개 서비스소개 시연영상 깃허브 저장소 담당업무 업무내용 업무 주요업무 내용 상세내용 설명 활동내용 비고 프로젝트내용 주요내용 퇴사사유 소재지 연봉 근무지 지역 description "
        "기술스택 사용기술 개발환경 주요성과 성과 소개 프로젝트설명 개요 링크 github 인원 참여인원 개발인원 팀구성 팀원 기여도 담당 담당역할 상세 교육내용 수상내용 업무상세 주요역할 사용언어 개발언어 사용스택 stack techstack 배포 url 산업 업종 고용형태 사업내용 이직사유 회사소개 location responsibilities responsibility environment technologies technology tech techstack stacks achievements keyachievements details tools skills keyskills 주요역할 성과및결과 주요업무및성과 학교소재지 본교/분교 주야 세부내용 결과 규모 목적 배경 요약 한줄설명 한줄소개 설명 기술 기술스택 repository demo 시상기관 고객사 발주처 발주사 참여율 투입률 기종 언어/db 언어/dbms 사용언어/db db dbms os 개발툴 tool 통신",
        "name": "이름 프로젝트명 자격증명 자격증 수상명 과정명 교육명 활동명 project projectname projecttitle titleoftheproject nameoftheproject 명칭 자격명 자격/면허명 시험명 대회명 name certificate award awardname certification 자격종류 교육과정 프로젝트 수상 대회 과정 자격면허명 프로그램명 항목 종류 자격사항 교육과정명 어학시험 외국어명 언어 자격증/면허증 자격증/면허 자격/면허 자격증종류 면허명 어학명 자격/어학 자격/어학명 자격증/어학 어학/자격증",
        "issuer": "발행처 발급기관 주최 주관 시행처 기관명칭 수여기관 시행기관 발행기관 발급처 주최기관 issuer 인증기관 주최/주관 발행처/기관 취득기관 자격기관",
    }.items()
    for word in words.split()
}


LABEL_NOISE = re.compile(r"^\W*\d{1,2}[.)]\s+|[\s:*]+")
LABEL_BRACKET = re.compile(r"(?<=.)\([^()]{1,8}\)$")  # "학과(전공)"
LABEL_JOINT = re.compile(r"[/·,&]|및")


@lru_cache(maxsize=4096)
def label_field(text: str) -> str | None:
    """The field a form label names, such as "company" for "회사명"; None for other text."""
    if len(text) > 28:
        return None
    plain = LABEL_NOISE.sub("", text).lower()
    if known := LABELS.get(plain) or LABELS.get(LABEL_BRACKET.sub("", plain)):
        return known
    # "부서/직위": two labels in one; the job says more than the team.
    parts = [LABELS.get(part) for part in LABEL_JOINT.split(plain) if part]
    if len(parts) < 2 or not all(parts):
        return None
    return "title" if "title" in parts else parts[0]


# What a bracket adds is no part of the name: "Engineer (Alternative Military Service)".
AFTERTHOUGHT = re.compile(r"(?<=\S)\s*\([^()]{4,}\)\s*$")


@lru_cache(maxsize=4096)
def is_title(text: str) -> float:
    """How strongly `text` reads as a job title: 0 not at all, 3 surely."""
    english = list(TITLE_EN.finditer(text))
    if english:
        found = english[-1]
        words = len(text.split())
        if words > 9:
            return 0.5
        tail = AFTERTHOUGHT.sub("", text[found.end() - 1 :])[1:].strip(" .,)([]IV|0123456789-–&/")
        return 3.0 if not tail else 2.0
    korean = list(TITLE_KO.finditer(text))
    if korean:
        if len(text) > 40:
            return 0.5
        if korean[-1].group() == "개발":
            # "서버 개발" is a role; "주문 도메인 API 개발" is what was done.
            return 2.5 if len(text.split()) <= 2 else 1.0
        if INSTITUTE.search(text):
            return 1.0
        tail = re.sub(r"[\s()\[\]/·,.]+", "", text[korean[-1].end() :])
        return 3.0 if not tail else 1.5
    return 0.0


@lru_cache(maxsize=4096)
def is_organisation(text: str) -> float:
    return 2.0 if ORGANISATION.search(AFTERTHOUGHT.sub("", text)) else 0.0


@lru_cache(maxsize=4096)
def is_school(text: str) -> bool:
    return bool(SCHOOL.search(text))


@lru_cache(maxsize=4096)
def is_place(text: str) -> bool:
    return len(text) < PLACE_BEFORE and bool(PLACE.match(text)) and not ORGANISATION.search(text)
