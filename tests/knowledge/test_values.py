"""Values: what kind of value a question asks for, and which sentence holds one."""

from __future__ import annotations

import pytest

from knowledge.values import holds, measure_of


@pytest.mark.parametrize(
    ("asked", "holding", "lacking"),
    [
        ("井盖丢了几小时内要补", "应当在二小时内补装。", "应当及时补装，三十日内报告。"),
        ("多少个工作日答复", "应当在5个工作日内答复。", "应当及时答复。"),
        ("多少天内申请复议", "可以自收到之日起六十日内申请。", "可以申请复议。"),
        ("罚多少", "处二百元以上五百元以下罚款。", "责令改正，给予警告。"),
        ("狗证多少钱", "每年缴纳五百元。", "未缴纳的，处五百元罚款。"),
        ("多久清掏一次", "每月清掏。", "应当及时清掏，不得使用一次性容器。"),
        ("须配几名保安", "应当配备三名保安。", "应当配备保安，三日内报备。"),
        ("登记电话是多少", "咨询电话010-12345678。", "应当公布电话。"),
        ("几岁可以骑", "应当年满十六周岁。", "应当遵守规定。"),
        ("面积不得超过多少平方米", "不得超过三平方米。", "不得超过三米。"),
        ("How many hours until it is mended?", "应当在四小时内修复。", "应当及时修复。"),
    ],
)
def test_a_sentence_holds_the_value_or_not(asked: str, holding: str, lacking: str) -> None:
    measure = measure_of(asked)
    assert measure is not None
    assert holds(measure, holding, lambda _: True)
    assert not holds(measure, lacking, lambda _: True)


@pytest.mark.parametrize("asked", ["夜间施工归谁管", "不服处罚怎么办", "遛狗要拴绳吗", "Who is responsible for noise?"])
def test_other_questions_ask_for_no_value(asked: str) -> None:
    assert measure_of(asked) is None


def test_a_value_about_something_else_does_not_count() -> None:
    measure = measure_of("犬只登记几天办完")
    assert measure is not None
    text = "犬只应当登记。\n遗失的，应当在十五日内补领。"
    assert not holds(measure, text, lambda sentence: "应当登记" in sentence)


def test_an_item_is_read_with_the_opening_of_its_paragraph() -> None:
    measure = measure_of("罚多少")
    assert measure is not None
    text = "有下列行为之一的，按照下列规定处罚：\n（一）乱扔烟头的，处五十元罚款；\n（二）乱倒污水的，给予警告。"
    assert holds(measure, text, lambda sentence: "下列行为" in sentence and "烟头" in sentence)
