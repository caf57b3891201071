"""What the words of a section heading mean, in Korean and English."""

import re
from functools import lru_cache

# Kinds of section. "detail" is a Korean 경력기술서: projects told under each company.
_ENGLISH = {
    "work": "careertimeline careerpath careerjourney professionaljourney experience experiences employment career internship internships work jobs "
    "workexperience employmenthistory workhistory careerhistory professionalbackground "
    "employmentexperience professionalhistory positions appointments workingexperience "
    "researchexperience teachingexperience researchexperiences workexperiences roles "
    "earlycareer earliercareer earlierroles previousroles jobssofar",
    "education": "education educations academicbackground academics academichistory schooling "
    "academicqualifications educationalbackground educationalqualifications studies "
    "bootcamp bootcamps academicrecord educationbackground training trainings formation "
    "academiceducation educationandtraining qualification qualifications academicprofile learning school schools",
    "projects": "projects project opensource opensourceprojects opensourcecontributions sideprojects "
    "contributions portfolio portfolios projectexperience projectsexperience hackathonprojects "
    "works casestudies apps githubprojects researchprojects opensourcework toyprojects "
    "projectwork featuredwork selectedwork opensourcesoftware",
    "skills": "skills skill technologies technology techstack techstacks techskills technicalskills "
    "technicalproficiencies technicalproficiency proficiencies competencies corecompetencies "
    "programminglanguages tools toolbox toolkit stack expertise technicalexpertise "
    "programming programmingskills software softwareskills itskills computerskills skillset skillsets "
    "areasofexpertise technicalsummary technicalbackground knowledge strengths languagesandtools "
    "technicalknowledge technicalstrengths programmingskill hardskills languagesandtechnologies "
    "databases devops cloud backend frontend libraries operatingsystems versioncontrol infrastructure digitalskills "
    "webtechnologies programminglanguagesandtools technicalskill skillssummary techskill technicalexperience abilities frameworks capabilities "
    "toolsofthetrade toolsiuse techiuse technologiesiuse",
    "certificates": "certifications certification certificates certificate licenses license licences "
    "professionalcertifications credentials courses certs coursesandcertifications accreditations "
    "professionalqualifications licensesandcertifications onlinecourses courseworkandcertifications moocs",
    "awards": "awards award honors honours honor achievements achievement scholarships scholarship "
    "accomplishments competitions awardsandhonors recognition recognitions prizes distinctions "
    "fellowships grants funding hackathons honorsandawards honorsawards awardsachievements accolades",
    "languages": "languages language foreignlanguages languageskills spokenlanguages "
    "languageproficiency languagesspoken languagesispeak mothertongue mothertongues otherlanguages otherlanguage",
    "publications": "publications publication papers patents patent selectedpublications "
    "presentation article talk conferencepapers presentations talks speaking conferences publicspeaking articles writing "
    "blogposts preprints researchpapers",
    "volunteer": "volunteer volunteering volunteerexperience volunteerwork activities "
    "extracurricular extracurriculars extracurricularactivities extracurricularactivity activity leadership community service "
    "communityservice communityinvolvement involvement leadershipexperience memberships "
    "leadershipandactivities positionsofresponsibility positionofresponsibility affiliations "
    "organizations campusinvolvement professionalaffiliations positionsheld outreach "
    "leadershipactivities extracurricularexperience mentoring",
    "summary": "summary about aboutme profile objective introduction introduce careerobjective "
    "careersummary professionalsummary personalstatement overview executivesummary statement "
    "professionalprofile intro bio whoami personalprofile summaryofqualifications "
    "qualificationssummary highlights careerhighlights introducemyself myself objectives "
    "professionalobjective shortbio biography careerprofile aboutmyself",
    "contact": "contact contacts contactme contactinfo contactinformation contactdetails "
    "personalinformation personalinfo personaldetails details links link channel channels info "
    "information social socials findme findmeonline online personaldata getintouch profiles "
    "sociallinks contactandlinks websites personal basicinfo personaldetail mylinks sns "
    "sociallink sociallmedia socialmedia",
    "other": "interests hobbies references reference interest hobby interestsandhobbies coursework "
    "relevantcoursework additionalinformation additional miscellaneous misc other others etc "
    "additionalinfo personalinterests military militaryservice civilianservice nationalservice researchinterests "
    "researchinterest declaration passions passion mostproudof adayofmylife lifephilosophy "
    "teaching relevantcourses coursestaken patentsandother visa appendix referees questions coverletter "
    "philosophy strengthsandweaknesses media timeline testscores",
}
_KOREAN = {
    "work": "경력 경력사항 업무경험 직장경력 주요경력 실무경험 인턴 인턴경험 인턴십 근무경력 근무경험 "
    "회사경력 재직이력 경력및경험 직무경험 직무경력 회사경험 근무이력 업무경력 일경험 근무사항 "
    "경력요약 이력 경험 회사 사회경력 업무이력 재직경력 연구경력 연구경험 경험사항 "
    "직장경험 인턴경력 아르바이트 직장 경력정보 직업경험 직력",
    "detail": "경험기술서 경험기술 경력기술서 상세경력 경력상세 경력상세기술 세부경력 직무상세 주요업무 경력기술 "
    "수행업무 상세업무 경력기술사항 상세경력사항 경력세부사항 업무상세",
    "education": "학력 학력사항 최종학력 교육 교육사항 교육이수 교육이수사항 교육경험 교육내역 "
    "학력및교육 학업 교육활동 교육과정 교육이력 연수 연수사항 직무교육 학력교육 부트캠프 "
    "학력정보 이수교육 수료 수료사항 훈련 교육수료 교육연수 외부교육 해외연수 학교 학적사항",
    "projects": "프로젝트 스킬인벤토리 개인프로젝트 팀프로젝트 사이드프로젝트 주요프로젝트 토이프로젝트 "
    "프로젝트경험 오픈소스 오픈소스활동 오픈소스기여 프로젝트이력 프로젝트경력 프로젝트수행 "
    "수행프로젝트 대표프로젝트 진행프로젝트 프로젝트소개 프로젝트목록 작업물 오픈소스프로젝트 "
    "개발프로젝트 프로젝트수행경험 프로젝트내역 외부프로젝트 교내프로젝트 졸업작품 포트폴리오 "
    "개발경험 개발이력 프로젝트참여경험 프로젝트사항 사내프로젝트 기타프로젝트 그외프로젝트 "
    "수행과제 주요수행과제 연구과제 개발과제 주요과제 졸업프로젝트 기여 컨트리뷰션 수행경험",
    "skills": "직무수행능력 기술 기술스택 보유기술 스킬 사용기술 핵심역량 사용가능기술 개발역량 보유역량 "
    "컴퓨터활용능력 기술역량 개발언어 보유스킬 스킬셋 테크스택 활용기술 기술능력 역량 직무역량 "
    "기술사항 주요기술 가능기술 전문분야 전문기술 사용기술스택 개발스택 보유기술스택 사용언어 "
    "oa능력 컴퓨터능력 프로그래밍언어 보유능력 전산능력 업무스킬 개발기술 활용능력 기술및도구 "
    "개발환경 기술환경 사용환경 활용가능기술 업무역량 사용도구 스택 개발능력 보유기술및역량 사용가능언어 컴퓨터활용 기술분야",
    "certificates": "자격증 자격사항 자격 면허 자격증사항 자격면허 면허자격 자격및면허 보유자격증 "
    "자격증및면허 취득자격 자격증취득 라이센스 자격정보 면허사항",
    "awards": "수상 수상경력 수상내역 수상이력 상훈 공모전 수상경험 수상사항 장학 장학금 상벌 상벌사항 "
    "포상 포상내역 수상실적 성과 수상및성과 대회 대회수상 공모전수상 장학사항 해커톤 대회경험",
    "languages": "어학 외국어 어학능력 어학성적 외국어능력 외국어사항 어학사항 공인어학 언어 어학시험 "
    "어학점수 공인어학성적 외국어활용능력 언어능력",
    "publications": "논문 출판 저서 발표 특허 논문및특허 연구실적 학술활동 강연 발표경험 출판물 집필 "
    "기고 학술논문 연구논문 논문실적 발표자료 세미나발표 저술 출원특허",
    "volunteer": "대외활동 활동 봉사활동 봉사 동아리 기타활동 커뮤니티 사회활동 강의 세미나 외부활동 "
    "활동사항 대내외활동 교내활동 동아리활동 교내외활동 주요활동 스터디 커뮤니티활동 활동내역 "
    "활동경험 사회봉사 활동이력 개발활동 강의경력 학회 교외활동 멘토링 컨퍼런스 단체활동 외부교육및활동",
    "summary": "소개 자기소개 간단소개글 간단소개 한줄소개 프로필 간단자기소개 소개글 인사말 핵심요약 요약 "
    "간략소개 자기소개요약 저는 나의소개 소개말 개요 프로필요약 나를소개합니다",
    "contact": "연락처 인적사항 개인정보 기본정보 링크 신상정보 기본인적사항 개인신상 지원자정보 "
    "채널 신상 기본사항 연락 개인신상정보 기본신상 인적정보 지원자기본정보 관련링크 참고링크",
    "other": "병역 병역사항 희망연봉 희망근무조건 취미 특기 가족사항 기타 기타사항 우대사항 "
    "취업우대 취업우대사항 성장과정 지원동기 입사후포부 성격 성격의장단점 장단점 성격장단점 취미특기 "
    "병역정보 자기소개서 관심분야 추천인 가족관계 보훈 장애 희망조건 근무조건 희망직무 참고 참고사항 "
    "병역및보훈 추가정보 관심사 블로그 지원분야 학교생활 생활신조 가치관 취미및특기 신체사항 "
    "취업우대및병역 희망근무 병역취업우대 자소서 목차 좌우명 개발블로그 지원사항 병역관계 마치며",
}
HEADINGS: dict[str, str] = {
    word: kind
    for table in (_ENGLISH, _KOREAN)
    for kind, words in table.items()
    for word in words.split()
}
# Words that narrow a heading without changing what it is about.
_MODIFIERS = frozenset(
    "professional work relevant technical personal selected academic key core additional industry "
    "other notable research recent related side open source my current past previous full time "
    "software engineering development developer developing career major main independent freelance "
    "university school college teaching leadership practical computer it science web and of the "
    "extra curricular formal higher top featured professionals student team tech internship "
    "relevent certified special general volunteer undergraduate graduate significant prior military "
    "entrepreneurial startup commercial corporate consulting in a hands on hackathon mini class "
    "course coding data design job employment history detailed list & on-the-job spoken foreign "
    "invited refereed reviewed peer-reviewed journal conference human natural programming soft hard social background informal continuing further scholastic".split()
)
_KOREAN_NARROW = frozenset("연구 실무 개발 주요 직무 업무 개인 팀 학업 교내 교외 기타 관련".split())
_KOREAN_FRONT = re.compile(
    r"^(실무|연구|주요|보유|개인|팀|상세|직무|핵심|대표|교내|개발|기타|그외|관련|최근|최종|전체|총)"
)
_KOREAN_BACK = re.compile(
    r"(사항|경험|내역|이력|정보|소개|목록|현황|요약|기술|능력|들|실적|활동|리스트|경력)$"
)
_SPLIT = re.compile(
    r"\s*(?:&|/|\||·|,|\+|ㆍ|∙|•|:|\(|\)|\band\b|\s및\s|(?<=[가-힣])및(?=[가-힣])|\s및|및\s|\s-\s|\s–\s|\s—\s|\s와\s|\s·\s)\s*"
)
_NUMBERING = re.compile(
    r"^(?:[0-9]{1,2}\s*[.)]|[IVX]{1,4}\s*[.)]|[가-하][.)]|[#>]+|제?\d+장|\d{2}\s)\s*"
)
_TAIL = re.compile(
    r"\s*(?:\(?\s*(?:총|약|만)?\s*\d+\s*(?:년|개월|yrs?|years?|건|개|회)[^가-힣a-z]*(?:\d+\s*개월)?\s*(?:차)?\s*\)?"
    r"|\(\s*\d+\s*\)|\d{1,2})\s*$",
    re.IGNORECASE,
)
SENTENCE_ENDS = ("습니다.", "니다", "했음", "하였음")
_OUTER = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_NOT_TIGHT = re.compile(r"[^0-9a-z가-힣]+")
_HANGUL = re.compile(r"[가-힣]")


@lru_cache(maxsize=4096)
def heading_kinds(text: str) -> tuple[str, ...]:
    """The kinds of section that `text` announces; empty when it is no known heading.

    "Skills & Awards" announces two. Case, numbering, letter spacing, pictographs and a
    total such as "(3년 2개월)" do not matter.
    """
    if len(text) > 60 or text.count(" ") > 20 or text.endswith(SENTENCE_ENDS):
        return ()
    plain = _NUMBERING.sub("", _OUTER.sub("", text).strip())
    plain = _TAIL.sub("", plain)
    plain = _OUTER.sub("", plain).lower().replace("’", "'")
    if not plain or len(plain) > 48:
        return ()
    if kind := _known(plain):
        return (kind,)
    if kind := _told(plain):
        return (kind,)
    parts = [part for part in _SPLIT.split(plain) if part]
    kinds: list[str] = []
    if len(parts) > 1:
        for part in parts:
            kind = _known(part)
            if kind is None and not _narrows(part):
                break
            if kind is not None and kind not in kinds:
                kinds.append(kind)
        else:
            return tuple(kinds)
    # "경력 Experience": the same thing said in both languages.
    if _HANGUL.search(plain) and re.search(r"[a-z]", plain):
        korean = re.sub(r"[^가-힣]+", "", plain)
        english = re.sub(r"[가-힣]+", " ", plain).strip()
        first, second = _known(korean), _known(_OUTER.sub("", english))
        if first and second:
            return (first,)
    return ()


# Headings as a person would say them: "Where I studied", "Things I've built".
_TOLD = re.compile(
    r"(?:where|what|who|how|things?|stuff|places?|some(?:thing)?s?) (?:i(?:'ve| have| am|'m)?|we) ?"
    r"(?:have |been |used to |like to |am |also )*"
    r"(?P<verb>work(?:ed|ing)? with|code with|use|using|know|work(?:ed|ing)?(?: (?:for|at|on))?|doing|done|did"
    r"|stud(?:y|ied|ying)|learn(?:ed|t)?|went to school|been|made|built|build|created|shipped|won|speak|wrote|written)"
)
_VERBS = {
    "work with": "skills", "worked with": "skills", "working with": "skills", "code with": "skills",
    "use": "skills", "using": "skills", "know": "skills", "studied": "education", "study": "education",
    "studying": "education", "learned": "education", "learnt": "education", "learn": "education",
    "went to school": "education", "made": "projects", "built": "projects", "build": "projects",
    "created": "projects", "shipped": "projects", "worked on": "projects", "working on": "projects",
    "work on": "projects", "won": "awards", "speak": "languages", "wrote": "publications",
    "written": "publications",
}  # fmt: skip


# And in Korean: "일한 곳", "제가 만든 것들", "쓸 줄 아는 도구".
_WHOSE_KO = (
    r"(?:제가|내가|저의|나의|그동안|지금까지|최근에?|함께|직접|주로|요즘|평소|자주|잘|열심히|혼자)*"
)
_THING_KO = r"(?:것|거|일|곳|데|경험|이야기|내용|기록|시간|길)(?:들|들은|은|는|이)?"
_TOLD_KO = {
    kind: re.compile(rf"{_WHOSE_KO}(?:{told})")
    for kind, told in {
        "work": rf"(?:일|근무|재직)(?:한|했던|하는|하고있는|해온){_THING_KO}|(?:일|근무|재직)(?:한|했던|하는|해온)(?:회사|직장)들?"
        r"|(?:해온|한|하는|했던|해왔던|맡은|맡아온)일들?|걸어온길|지나온길|다닌(?:회사|직장)|다니는회사|거쳐온(?:회사|곳)|몸담은(?:회사|곳)",
        "projects": rf"(?:해본|해봤던|해낸|만든|만들어온|만들어본|만들었던|개발한|개발했던|진행한|기획한|참여한){_THING_KO}"
        r"|(?:만든|만들어온|만들어본|개발한|진행한|수행한|참여한|진행했던)(?:서비스|작업물|작업|프로젝트|앱|제품|결과물)들?",
        "education": rf"(?:배운|공부한|배워온|공부했던|수강한){_THING_KO}|(?:다닌|나온|졸업한)학교|배움(?:터)?|(?:들은|받은|이수한|수료한)(?:교육|수업|과정)",
        "skills": r"(?:쓰는|쓸줄아는|쓸수있는|사용하는|사용해본|다루는|다룰줄아는|다룰수있는|할줄아는|할수있는|잘하는|익숙한|자신있는|써본|아는)"
        r"(?:것|거|일|도구|기술|기술스택|스택|언어|툴|프로그램)들?",
        "awards": rf"(?:받은|탄)상들?|상(?:을)?(?:받은|탄){_THING_KO}|수상한{_THING_KO}|상",
        "certificates": r"(?:딴|취득한|가진|보유한|갖고있는|가지고있는)자격증?(?:들)?",
        "languages": r"(?:할줄아는|할수있는|말하는|쓰는)(?:말|외국어)",
        "publications": r"(?:쓴|발표한|기고한)(?:글|논문|책|자료)들?",
        "volunteer": rf"(?:활동|봉사)한{_THING_KO}|(?:참여한|함께한)(?:활동|모임)들?",
        "summary": r"(?:저|나)(?:는|를|에대해|에대하여)(?:소개|이런사람)?|(?:어떤|이런)사람(?:인가요|이에요)?",
        "contact": r"연락(?:할곳|하는곳|하기|주세요|방법|할수있는곳)",
    }.items()
}  # fmt: skip


def _told(plain: str) -> str | None:
    if found := _TOLD.fullmatch(plain):
        return _VERBS.get(found.group("verb"), "work")
    if not _HANGUL.search(plain):
        return None
    tight = _NOT_TIGHT.sub("", plain)
    return next((kind for kind, told in _TOLD_KO.items() if told.fullmatch(tight)), None)


def _narrows(part: str) -> bool:
    """Whether `part` only narrows what it stands beside: "Research and" Experience."""
    if _HANGUL.search(part):
        return _NOT_TIGHT.sub("", part) in _KOREAN_NARROW
    words = re.findall(r"[a-z'-]+", part)
    return 0 < len(words) <= 2 and all(word in _MODIFIERS for word in words)


def _known(part: str) -> str | None:
    tight = _NOT_TIGHT.sub("", part)
    if not tight:
        return None
    if kind := HEADINGS.get(tight):
        return kind
    if _HANGUL.search(tight):
        trimmed = _KOREAN_FRONT.sub("", tight)
        if len(trimmed) >= 2 and (kind := HEADINGS.get(trimmed)):
            return kind
        trimmed = _KOREAN_BACK.sub("", tight)
        if len(trimmed) >= 2 and (kind := HEADINGS.get(trimmed)):
            return kind
        return None
    words = re.findall(r"[a-z'-]+", part)
    if 1 < len(words) <= 5:
        for length in (2, 1):
            last = "".join(words[-length:])
            if HEADINGS.get(last) and all(word in _MODIFIERS for word in words[:-length]):
                if last == "history" or last == "background":
                    return None
                return HEADINGS[last]
    return None
