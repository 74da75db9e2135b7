//! Leaves comments and indentation out of the scripts that are shipped: they are for who reads the source, and a fifth of it.

/// A script without the comments that have lines of their own, without empty lines and without indentation. What stands behind code stays:
/// to tell it from a string takes a parser. A text over several lines stays as it is, too.
pub(crate) fn strip(script: &str) -> String {
    let (mut in_comment, mut in_text) = (false, false);
    let mut kept = String::with_capacity(script.len());
    for line in script.lines() {
        let text = line.trim();
        if in_text {
            kept.push_str(line);
            kept.push('\n');
        } else if in_comment || text.starts_with("/*") {
            in_comment = !text.ends_with("*/");
            continue;
        } else if !text.is_empty() && !text.starts_with("//") {
            kept.push_str(line.trim_start());
            kept.push('\n');
        } else {
            continue;
        }
        in_text ^= line.matches('`').count() % 2 == 1;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_on_lines_of_their_own_go() {
        let script = "// One.\n\nlet a = 1;\n/** Two. */\nfunction b() {\n  // Three.\n  return a;\n}\n/**\n * Four.\n */\nb();\n";
        assert_eq!(strip(script), "let a = 1;\nfunction b() {\nreturn a;\n}\nb();\n");
    }

    #[test]
    fn a_text_over_several_lines_stays_as_it_is() {
        let script = "a(`b ${\n  c}\n\n  // no comment\n  d`);\n  // One.\n  e(`f`);\n";
        assert_eq!(strip(script), "a(`b ${\n  c}\n\n  // no comment\n  d`);\ne(`f`);\n");
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        let script = "const url = \"https://a.example\"; // here\nconst half = 1 /* of */ / 2;\n";
        assert_eq!(strip(script), script);
    }
}
