//! Leaves comments out of the scripts that are shipped: they are for who reads the source, and a fifth of it.

/// A script without the comments that have lines of their own, and without empty lines. What stands behind code stays: to tell it from a
/// string takes a parser.
pub(crate) fn strip(script: &str) -> String {
    let mut inside = false;
    let mut kept = String::with_capacity(script.len());
    for line in script.lines() {
        let text = line.trim();
        let opens = text.starts_with("/*");
        if inside || opens {
            inside = !text.ends_with("*/");
        } else if !text.is_empty() && !text.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_on_lines_of_their_own_go() {
        let script = "// One.\n\nlet a = 1;\n/** Two. */\nfunction b() {\n  // Three.\n  return a;\n}\n/**\n * Four.\n */\nb();\n";
        assert_eq!(strip(script), "let a = 1;\nfunction b() {\n  return a;\n}\nb();\n");
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        let script = "const url = \"https://a.example\"; // here\nconst half = 1 /* of */ / 2;\n";
        assert_eq!(strip(script), script);
    }
}
