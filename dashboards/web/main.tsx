import { render } from 'preact';
import { App } from './app.tsx';
import { startRouter } from './core/router.ts';
import { startSession } from './session/session.ts';
// Later sheets may refine what earlier ones say: the order matters.
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/badges.css';
import './styles/feedback.css';
import './styles/values.css';
import './styles/marks.css';
import './styles/panel.css';
import './styles/plan.css';
import './styles/ticket-work.css';
import './styles/tickets.css';
import './styles/lists.css';
import './styles/rules.css';

const root = document.getElementById('app');
if (root) {
  startRouter();
  void startSession();
  render(<App />, root);
}
