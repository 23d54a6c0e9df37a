import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { getNonce } from 'get-nonce';
import { useEffect, useEffectEvent, useRef } from 'react';
import { texts } from '../texts.ts';
import { celLanguage, completeCondition } from './cel.ts';
import { editorTheme } from './editor-theme.ts';
import type { Trial } from './trial.ts';

type Problems = Trial['problems'];

interface ConditionEditorProps {
  readonly value: string;
  /** Id of what it is called. */
  readonly labelledBy: string;
  /** Ids of what is said about it. */
  readonly describedBy: string;
  /** Null while what is typed is not judged yet: the marks stay where they are. */
  readonly problems: Problems | null;
  readonly onChange: (value: string) => void;
}

/** An editor for a condition. Tab leaves it, as it leaves any other input. */
export function ConditionEditor({ value, labelledBy, describedBy, problems, onChange }: ConditionEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useEffectEvent(onChange);
  const initially = useEffectEvent(() => value);

  useEffect(() => {
    if (place.current === null) return;
    const editor = new EditorView({
      parent: place.current,
      doc: initially(),
      extensions: [
        EditorView.cspNonce.of(getNonce() ?? ''),
        history(),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
        celLanguage,
        autocompletion({ override: [completeCondition], icons: false }),
        typeOver,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-labelledby': labelledBy, 'aria-describedby': describedBy }),
        placeholder(texts.rules.conditionEmpty),
        editorTheme,
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) changed(state.doc.toString());
        }),
      ],
    });
    view.current = editor;
    return () => editor.destroy();
  }, [labelledBy, describedBy]);

  useEffect(() => {
    const { current } = view;
    if (current === null || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const { current } = view;
    if (current === null || problems === null) return;
    current.dispatch(setDiagnostics(current.state, toDiagnostics(problems, current.state.doc)));
  }, [problems]);

  return <div ref={place} />;
}

/**
 * What is typed over chosen text. Left to itself the browser gives it the look of that text by an attribute, which the policy
 * of the page refuses.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { inputType, data } = event;
    const chosen = document.getSelection();
    if (inputType !== 'insertText' || data === null || chosen === null || chosen.isCollapsed) return false;
    event.preventDefault();
    const { startContainer, startOffset, endContainer, endOffset } = chosen.getRangeAt(0);
    const from = view.posAtDOM(startContainer, startOffset);
    const to = view.posAtDOM(endContainer, endOffset);
    const changes = { from, to, insert: data };
    view.dispatch({
      changes,
      selection: { anchor: from + data.length },
      userEvent: 'input.type',
      scrollIntoView: true,
    });
    return true;
  },
});

/** From its place to the end of the word that stands there; at the end of the text the character before. */
function toDiagnostics(problems: Problems, doc: Text): Diagnostic[] {
  return problems.map(({ line, column, message }) => {
    const { from: start, text } = doc.line(Math.min(line, doc.lines));
    const at = Math.min(column - 1, text.length);
    const length = /^[\w.]+|^\W/.exec(text.slice(at))?.[0].length ?? 0;
    const from = start + (length === 0 ? Math.max(0, at - 1) : at);
    return { from, to: start + at + length, severity: 'error', message };
  });
}
