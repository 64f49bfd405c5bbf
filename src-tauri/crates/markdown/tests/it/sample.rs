//! A long reply in Chinese and English with everything in it, the same every time.

/// A generator of numbers that is the same every time.
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Starts from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// The next number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let factor = 6_364_136_223_846_793_005;
        self.0 = self
            .0
            .wrapping_mul(factor)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % limit.max(1)
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

const ENGLISH: [&str; 10] = [
    "A stream of small pieces arrives and every frame shows what is known by then.",
    "The page keeps its selection, its focus and the place where the reader is.",
    "Nothing that was shown once is taken back, because readers notice it at once.",
    "Memory is cheap here; attention is not.",
    "Costs stay flat from the first thousand tokens to the last (see below).",
    "Prices such as $5 and $12.50 stay what they are, and 3 < 5 holds as well.",
    "It isn't done until it's measured: first the floor, then the rest.",
    "Names with under_scores and paths like a/b/c.txt stay plain.",
    "What follows is \"quoted\", and that's fine, isn't it?",
    "Try again in 10 seconds; R&D said so!",
];

const CHINESE: [&str; 8] = [
    "流式渲染的关键在于只解析仍可能变化的那一部分。",
    "已经显示的文字不会再被收回，读者的选区也会保留。",
    "注意：每一帧只做少量工作，因此长回复也不会卡顿！",
    "价格是 $20 左右，大约 3 天可以完成（含测试）。",
    "首先读取数据，然后建立索引；最后输出结果。",
    "“稳定前缀”是指不会再改变的块。",
    "第 2 步比第 1 步快 40%，这是意料之中的。",
    "你好，世界！这是一个完整的例子……",
];

const MARKED: [&str; 16] = [
    "This is **strong text** in a sentence.",
    "这是**重点：**后面继续说明。",
    "请看**“引号”**里的内容，以及*斜体*文字。",
    "Some *emphasis*, some ***both***, some ~~struck~~ text.",
    "使用 `git status` 查看状态，再运行 `cargo test -p markdown`。",
    "Inline code with ``a `tick` inside`` is rare but real.",
    "See [the documentation](https://docs.example.org/a_b?q=1) for more.",
    "参见[文档](https://example.org/zh/指南 \"标题\")和 https://example.org/raw_path。",
    "Energy is $E = mc^2$, and $\\alpha_1 + \\beta_2$ follows.",
    "设 \\(x^2 + y^2 = z^2\\)，则 $|x| \\le |z|$。",
    "A claim with a source[^1] and another one[^note].",
    "**Bold with `code` and [a link](https://example.org/x) inside** ends here.",
    "A line with a hard break\\\nand its next line, then _underscored emphasis_.",
    "Tom & Jerry &amp; friends, <https://example.org/auto> and user@example.org.",
    "An image ![a *chart*](https://images.example.org/chart.png) in the text.",
    "A [reference link][spec] and a [collapsed one][] in one line.",
];

const CODE: [&str; 5] = [
    "```rust\nfn main() {\n    let total: u32 = (1..=10).sum();\n    println!(\"{total} ** not bold\");\n}\n```\n",
    "```python\ndef read(path):\n    # 读取文件\n    with open(path) as file:\n        return [line.strip() for line in file]\n```\n",
    "```\nplain | text `with` marks\n\nand a blank line\n```\n",
    "~~~json\n{\"name\": \"value\", \"list\": [1, 2, 3]}\n~~~\n",
    "```bash\n# install\nnpm install && npm run build | tee log.txt\n```\n",
];

/// About `characters` characters of Markdown.
pub(crate) fn sample(seed: u64, characters: usize) -> String {
    let mut numbers = Numbers::new(seed);
    let mut text = String::new();
    let mut section = 0;
    while text.chars().count() < characters {
        section += 1;
        let level = "#".repeat(1 + numbers.below(4));
        let title = numbers.of(&[
            "Results of `read`",
            "结果与讨论",
            "What **matters**",
            "小结",
        ]);
        text += &format!("{level} {section}. {title}\n\n");
        for _ in 0..3 + numbers.below(4) {
            text += &block(&mut numbers);
            text.push('\n');
        }
    }
    text += "[spec]: https://spec.example.org/ \"The specification\"\n[collapsed one]: <https://example.org/c>\n\n";
    text += "[^1]: The first source, with *emphasis*.\n\n[^note]: 第二个来源。\n\nDone.\n";
    text
}

fn block(numbers: &mut Numbers) -> String {
    match numbers.below(12) {
        0..=3 => paragraph(numbers),
        4 => list(numbers, "- "),
        5 => numbered(numbers),
        6 => tasks(numbers),
        7 => numbers.of(&CODE).to_owned(),
        8 => table(numbers),
        9 => numbers
            .of(&[
                "$$\n\\int_0^1 x^2 \\, dx = \\frac{1}{3}\n$$\n",
                "\\[\n\\sum_{i=1}^{n} i\n= \\frac{n(n+1)}{2}\n\\]\n",
                "$$a^2 + b^2 = c^2$$\n",
            ])
            .to_owned(),
        10 => quote(numbers),
        _ => format!("{}\n\n---\n", paragraph(numbers)),
    }
}

fn sentence(numbers: &mut Numbers) -> String {
    match numbers.below(5) {
        0 | 1 => numbers.of(&ENGLISH).to_owned() + " ",
        2 | 3 => numbers.of(&MARKED).to_owned() + " ",
        _ => numbers.of(&CHINESE).to_owned(),
    }
}

fn paragraph(numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for _ in 0..=numbers.below(5) {
        text += &sentence(numbers);
    }
    text.trim_end().to_owned() + "\n"
}

fn item(numbers: &mut Numbers) -> String {
    sentence(numbers).trim_end().replace("\\\n", " ")
}

fn list(numbers: &mut Numbers, mark: &str) -> String {
    let mut text = String::new();
    let apart = numbers.below(4) == 0;
    for _ in 0..2 + numbers.below(5) {
        text += &format!("{mark}{}\n", item(numbers));
        if numbers.below(3) == 0 {
            text += &format!("  - {}\n  - {}\n", item(numbers), item(numbers));
        }
        if apart {
            text.push('\n');
        }
    }
    text
}

fn numbered(numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for number in 1..3 + numbers.below(6) {
        text += &format!("{number}. **步骤 {number}**：{}\n", item(numbers));
        if numbers.below(4) == 0 {
            text += "\n   ```js\n   const value = [1, 2].map((x) => x * 2);\n   ```\n\n";
        }
    }
    text
}

fn tasks(numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for _ in 0..2 + numbers.below(3) {
        let mark = numbers.of(&["x", " "]);
        text += &format!("- [{mark}] {}\n", item(numbers));
    }
    text
}

fn table(numbers: &mut Numbers) -> String {
    let mut text = "| Name | 数值 | Note |\n| :--- | ---: | :---: |\n".to_owned();
    for row in 0..2 + numbers.below(6) {
        let cell = numbers.of(&[
            "**fast**",
            "`code`",
            "普通",
            "[link](https://example.org)",
            "$x_1$",
        ]);
        text += &format!("| row {row} | {} | {cell} |\n", numbers.below(1_000));
    }
    text
}

fn quote(numbers: &mut Numbers) -> String {
    let first = item(numbers);
    let second = item(numbers);
    format!("> {first}\n> {second}\n>\n> - {}\n", item(numbers))
}
