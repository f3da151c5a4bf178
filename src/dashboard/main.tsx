import './design/tokens.css';
import './design/base.css';
import './design/parts.css';
import './orders/orders.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AppShell } from './shell/app-shell.tsx';

const page = document.getElementById('page');
if (page === null) throw new Error('index.html has no place for the page');
createRoot(page).render(
  <StrictMode>
    <AppShell />
  </StrictMode>,
);
