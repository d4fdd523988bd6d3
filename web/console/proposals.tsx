import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { Findings, findingsOf } from './findings.tsx';
import { useStaff } from './staff-context.tsx';
import type { DrawRules, PlanProposal, Recommendation } from './types.ts';
import { useConsoleWords } from './words.ts';

/** 待审批: changes of plans that another person must approve. */
export function Proposals(props: { turn: number; onDecided: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [said, setSaid] = useState<string | null>(null);
  const list = useLoad(
    `proposals ${props.turn}`,
    () => api<{ proposals: PlanProposal[] }>('/api/staff/plan-proposals'),
    15_000,
  );
  const decided = (proposal: PlanProposal, approve: boolean): void => {
    const name = proposal.service_name;
    setSaid(t(approve ? 'proposals.approved' : 'proposals.refused', { name }));
    list.reload();
    props.onDecided();
  };
  return (
    <Card title={t('proposals.title')}>
      {said !== null && (
        <div role="status">
          <Notice tone="good">{said}</Notice>
        </div>
      )}
      <Wait on={list}>
        {({ proposals }) =>
          proposals.length === 0 ? (
            <p className="soft">{t('proposals.none')}</p>
          ) : (
            <ul className="stack">
              {proposals.map((proposal) => (
                <li key={proposal.proposal_id} className="line">
                  <ProposalLine
                    proposal={proposal}
                    onDecided={(approve) => decided(proposal, approve)}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </Card>
  );
}

function ProposalLine(props: {
  proposal: PlanProposal;
  onDecided: (approve: boolean) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const { proposal } = props;
  const name = proposal.service_name;
  const decide = useAction(async (key, approve: boolean) => {
    const path = `/api/staff/plan-proposals/${proposal.proposal_id}/decide`;
    await post(path, { approve }, key);
    props.onDecided(approve);
  });
  const findings = findingsOf(decide.problem);
  return (
    <div className="stack tight">
      <div className="row spread">
        <div>
          <p className="strong">{name}</p>
          <p>
            {t('proposals.change', {
              method: t(`plan.${proposal.method}`),
              from: proposal.effective_from,
            })}
            {proposal.shadow && t('proposals.with-shadow')}
          </p>
          <ProposedRules rules={proposal.draft.draw_rules ?? {}} />
          <p className="soft">
            {t('proposals.reason', { text: proposal.reason ?? t('proposals.no-reason') })} ·{' '}
            {t('proposals.at', { time: mdHm(proposal.proposed_at) })}
          </p>
        </div>
        {may('plan.approve') && !proposal.mine && (
          <span className="row">
            <Button
              busy={decide.busy}
              aria-label={t('proposals.approve', { name })}
              onClick={() => void decide.run(true)}
            >
              {t('proposals.do-approve')}
            </Button>
            <Button
              look="danger"
              busy={decide.busy}
              aria-label={t('proposals.refuse', { name })}
              onClick={() => void decide.run(false)}
            >
              {t('proposals.do-refuse')}
            </Button>
          </span>
        )}
      </div>
      {proposal.mine && <p className="small">{t('proposals.mine')}</p>}
      <ProblemNotice problem={decide.problem} />
      {findings && <Findings findings={findings} />}
    </div>
  );
}

/** What the change offers beyond the usual, so that whoever approves it sees it. */
function ProposedRules({ rules }: { rules: DrawRules }): ReactElement | null {
  const { t } = useConsoleWords();
  const told = [
    rules.eligibility && `${t('plan.eligibility')}：${t(`plan.eligibility.${rules.eligibility}`)}`,
    rules.pool && `${t('plan.pool')}：${t(`plan.pool.${rules.pool}`)}`,
    rules.impact_assessment,
    rules.weights === 'loss-1-6-8' && t('plan.weights'),
    rules.wildcards && t('plan.wildcards'),
    (rules.later ?? 1) > 1 && `${t('plan.later')}：${rules.later}`,
    ...(rules.classes ?? []).map((one) => `${t(`plan.class.${one.rule}`)} ${one.reserved}`),
  ].filter(Boolean);
  return told.length === 0 ? null : <p className="small">{told.join('；')}</p>;
}

/** 本月建议: clinics in order that sold out too fast; taking one leads to its plan, nothing more. */
export function Recommendations(props: {
  onTake: (healthcare_service_id: string) => void;
}): ReactElement | null {
  const { t } = useConsoleWords();
  const list = useLoad('recommendations', () =>
    api<{ recommendations: Recommendation[] }>('/api/staff/recommendations'),
  );
  if (list.data?.recommendations.length === 0) return null;
  return (
    <Card title={t('recommend.title')}>
      <Wait on={list}>
        {({ recommendations }) => (
          <ul className="stack">
            {recommendations.map((one) => (
              <li key={one.id} className="line">
                <Advice advice={one} onTake={props.onTake} onAnswered={list.reload} />
              </li>
            ))}
          </ul>
        )}
      </Wait>
    </Card>
  );
}

function Advice(props: {
  advice: Recommendation;
  onTake: (healthcare_service_id: string) => void;
  onAnswered: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const { id, service_name: name, healthcare_service_id, fast_sessions, fastest_s } = props.advice;
  const answer = useAction(async (key, take: boolean) => {
    await post(`/api/staff/recommendations/${id}`, { take }, key);
    props.onAnswered();
    if (take) props.onTake(healthcare_service_id);
  });
  const fast =
    fastest_s < 60
      ? t('recommend.seconds', { n: fastest_s })
      : t('recommend.minutes', { n: Math.ceil(fastest_s / 60) });
  return (
    <div className="stack tight">
      <div className="row spread">
        <div className="grow">
          <p className="strong">{name}</p>
          <p>{t('recommend.text', { n: fast_sessions, fast })}</p>
        </div>
        {may('plan.write') && (
          <span className="row">
            <Button
              busy={answer.busy}
              aria-label={t('recommend.take-of', { name })}
              onClick={() => void answer.run(true)}
            >
              {t('recommend.take')}
            </Button>
            <Button
              look="secondary"
              busy={answer.busy}
              aria-label={t('recommend.decline-of', { name })}
              onClick={() => void answer.run(false)}
            >
              {t('recommend.decline')}
            </Button>
          </span>
        )}
      </div>
      <ProblemNotice problem={answer.problem} />
    </div>
  );
}
