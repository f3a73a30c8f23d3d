import { render } from 'preact';
import { App } from './app.tsx';
import { startRouter } from './core/router.ts';
import { startSession } from './session/session.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/plan.css';
import './styles/tickets.css';
import './styles/lists.css';

const root = document.getElementById('app');
if (root) {
  startRouter();
  void startSession();
  render(<App />, root);
}
