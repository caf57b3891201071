"""What composed feedback says, in each language: several wordings for each occasion."""

from __future__ import annotations

from collections.abc import Mapping

from inference_sidecar.schemas import Language

PHRASES: Mapping[Language, Mapping[str, tuple[str, ...]]] = {
    "ko": {
        "rose": (
            "지난번 {before}점에서 {score}점으로 올랐어요.",
            "지난번에는 {before}점이었는데 이번에는 {score}점이에요.",
        ),
        "fell": (
            "지난번 {before}점에서 {score}점으로 내려갔어요. "
            "이전 답변에 있던 내용을 다시 살려 보세요.",
            "지난번에는 {before}점이었는데 이번에는 {score}점이에요. "
            "이전 답변과 나란히 놓고 달라진 곳을 살펴보세요.",
        ),
        "complete": (
            "이 질문에서 기대하는 내용이 모두 들어 있어요.",
            "핵심 내용을 빠짐없이 말했어요.",
            "빠진 내용 없이 잘 설명했어요.",
        ),
        "most": (
            "핵심 내용은 거의 다 들어 있어요.",
            "중요한 내용 대부분을 맞게 말했어요.",
        ),
        "much": (
            "핵심의 절반이 넘는 내용을 맞게 말했어요.",
            "중요한 내용이 절반 넘게 들어 있어요.",
        ),
        "half": (
            "핵심의 절반쯤은 맞게 말했어요.",
            "중요한 내용의 절반 정도가 들어 있어요.",
        ),
        "some": (
            "맞게 짚은 내용이 있어요. 여기서 더 채워 가면 돼요.",
            "맞는 내용도 들어 있어요. 여기에 하나씩 보태 봐요.",
        ),
        "partial": (
            "관련된 내용까지는 왔는데, 끝까지 설명한 것은 아직 없어요.",
            "절반쯤 설명한 내용이 있어요. 한 걸음씩만 더 들어가면 돼요.",
        ),
        "unsure": (
            "관련된 말이 나오기는 하는데, 맞게 설명했는지는 판단하기 어려웠어요.",
            "어떤 뜻으로 쓴 말인지 분명하지 않아서 맞다거나 틀리다는 판단을 미뤘어요.",
        ),
        "mistaken": (
            "사실과 다르게 말한 곳이 여럿 있어요. 하나씩 바로잡아 볼게요.",
            "이번 답변에는 바로잡을 곳이 여럿 있어요. 차례대로 볼게요.",
        ),
        "mistaken once": (
            "먼저 바로잡을 곳이 하나 있어요.",
            "사실과 다르게 말한 곳이 있어서 그것부터 볼게요.",
        ),
        "but one": ("다만 한 군데는 사실과 달라요.", "다만 바로잡을 곳이 하나 있어요."),
        "but several": (
            "다만 {count} 군데는 사실과 달라요.",
            "다만 바로잡을 곳이 {count} 군데 있어요.",
        ),
        "count": ("여러", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"),
        "wrong": ("“{quote}”라고 했는데, {against}",),
        "wrong listed": ("“{quote}”\n  {against}",),
        "against": ("{clause}는 점과 어긋나요.",),
        "why": (
            "왜 그런지는 점수 아래 표시에 적혀 있어요.",
            "바로잡는 설명은 점수 아래 표시에서 볼 수 있어요.",
        ),
        "contrast": ("그렇지 않아요. {clause}고 봐야 해요.",),
        "unquoted": ("{clause}는 점을 다시 확인해 보세요.",),
        "rest": ("나머지는 표시된 부분에서 확인해 보세요.",),
        "say missing": (
            "다음에는 이 문장을 더해 보세요. “{example}”",
            "한 문장만 더 넣는다면 이 문장이 좋아요. “{example}”",
            "가장 먼저 채울 내용은 이렇게 말할 수 있어요. “{example}” "
            "외우기보다 이해한 대로 풀어서 말해 보세요.",
        ),
        "say partial": (
            "“{quote}”에서 한 걸음 더 나아가 이렇게 말해 보세요. “{example}”",
            "“{quote}” 부분은 이렇게 마저 설명해 보세요. “{example}”",
        ),
        "say unsure": (
            "“{quote}” 부분은 이렇게 말하면 뜻이 분명해져요. “{example}”",
            "“{quote}” 대신 이렇게 말하면 뜻이 또렷해요. “{example}”",
        ),
        "again": (
            "고친 내용을 넣어서 처음부터 다시 말해 보세요.",
            "이 부분을 고쳐서 한 번 더 답해 보세요.",
        ),
        "further": (
            "이제 글을 보지 않고 1분 안에 말로 설명해 보세요. "
            "“왜 그런가요?”라는 꼬리 질문에 답할 이유도 하나씩 준비해 두면 든든해요.",
            "다음에는 직접 겪은 예를 하나 곁들여 소리 내어 말해 보세요. "
            "같은 주제의 더 어려운 질문에 도전해도 좋아요.",
        ),
        "nothing": (
            "이번 답변에서는 질문이 묻는 내용을 찾지 못했어요.",
            "이 질문의 핵심 내용은 아직 보이지 않아요.",
        ),
        "nothing short": (
            "아직 살펴볼 만큼 내용이 적혀 있지 않아요. 한 문장부터 시작하면 돼요.",
            "답변이 짧아서 핵심 내용을 찾지 못했어요. 아는 것부터 한 문장씩 적어 봐요.",
        ),
        "nothing notes": (
            "메모처럼 적은 답변이라 각각 무엇을 말하려는지 읽어 내지 못했어요. "
            "항목마다 무엇이 어떻게 되는지 한 문장으로 풀어 써 보세요.",
        ),
        "nothing code": (
            "코드만으로는 무엇을 설명하려는지 읽어 내지 못했어요. "
            "코드가 왜 그렇게 동작하는지 문장으로 적어 보세요.",
        ),
        "question": ("질문을 다시 볼까요? “{question}”", "질문은 이거예요. “{question}”"),
        "begin": (
            "이렇게 시작해 보세요. “{example}” 그다음에 이유나 예를 이어서 말하면 돼요.",
            "첫 문장은 이렇게 열 수 있어요. “{example}” 여기에 이유나 예를 하나 붙여 보세요.",
        ),
    },
    "en": {
        "rose": (
            "Your score went up from {before} to {score}.",
            "Last time it was {before}, now it is {score}: a step forward.",
        ),
        "fell": (
            "Your score went down from {before} to {score}. "
            "Bring back what your earlier answer had.",
            "Last time it was {before}, now it is {score}. Compare it with your earlier answer.",
        ),
        "complete": (
            "You say all that this question asks for.",
            "Nothing is missing: you make every point.",
            "Your answer is complete, and all of it is right.",
        ),
        "most": (
            "You have nearly all of what matters here.",
            "Most of what matters is in your answer, and it is right.",
        ),
        "much": (
            "More than half of what matters is in your answer.",
            "You get more than half of what matters right.",
        ),
        "half": (
            "About half of what matters is in your answer.",
            "You get about half of what matters right.",
        ),
        "some": (
            "Part of what matters is in your answer. You can build on that.",
            "Some of what you say is right and to the point. Build on that.",
        ),
        "partial": (
            "You come close to the point, but nothing is explained to the end yet.",
            "Part of the explanation is there. Each point needs one step more.",
        ),
        "unsure": (
            "You touch on the subject, but I could not tell whether you mean the right thing.",
            "What you say could mean more than one thing, so I call it neither right nor wrong.",
        ),
        "mistaken": (
            "Several things in this answer are not right. Take them one by one.",
            "There are several things to put right here, the most important first.",
        ),
        "mistaken once": (
            "There is one thing to put right first.",
            "One thing needs to be put right before you add to it.",
        ),
        "but one": ("One thing is not right, though.", "One thing needs to be put right, though."),
        "but several": (
            "{count} things are not right, though.",
            "{count} things need to be put right, though.",
        ),
        "count": tuple("Some One Two Three Four Five Six Seven Eight Nine".split()),
        "wrong": ("You say “{quote}”. {against}", "About “{quote}”: {against}"),
        "wrong listed": ("“{quote}”\n  {against}",),
        "against": ("That goes against a key point: {clause}.",),
        "why": ("The mark below the score says why.", "Why is said at the mark below the score."),
        "contrast": ("That does not hold. {clause}.",),
        "unquoted": ("Check this again: {clause}.",),
        "rest": ("The rest is marked in your answer.",),
        "say missing": (
            "Next time, add this: “{example}”",
            "One sentence would add most: “{example}”",
            "What is still missing could go like this: “{example}”",
        ),
        "say partial": (
            "Take “{quote}” one step further: “{example}”",
            "You could complete “{quote}” like this: “{example}”",
        ),
        "say unsure": (
            "“{quote}” would be clear if you put it like this: “{example}”",
            "Instead of “{quote}”, say plainly: “{example}”",
        ),
        "again": (
            "Put that right and give the whole answer once more.",
            "Then answer again from the start, in your own words.",
        ),
        "further": (
            "Now say it aloud in one minute, without notes, and have a reason ready "
            "for each “why?” that may follow.",
            "Next, say it aloud with one example from code of your own, or try a harder question "
            "on the same topic.",
        ),
        "nothing": (
            "I could not find what the question asks for in this answer.",
            "What this question asks for is not in the answer yet.",
        ),
        "nothing short": (
            "There is not enough here to go by yet. One sentence is a fine start.",
            "The answer is too short to find a point in it. Write down one thing that you know.",
        ),
        "nothing notes": (
            "From notes like these I could not read what you say about each thing. "
            "Write in a sentence what it does, one sentence for each.",
        ),
        "nothing code": (
            "From the code alone I could not read what you want to explain. "
            "Add in sentences why it works as it does.",
        ),
        "question": (
            "Look at the question once more: “{question}”",
            "The question asks: “{question}”",
        ),
        "begin": (
            "You could begin like this: “{example}” Then give a reason or an example.",
            "A first sentence could be: “{example}” Add a reason or an example to it.",
        ),
    },
}
